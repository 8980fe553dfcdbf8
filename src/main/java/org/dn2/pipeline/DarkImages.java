package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.max;

import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.Embedder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says, once a run, that images came out dark because their samples do not use their 16 bits. */
final class DarkImages {
  private static final Logger LOG = LoggerFactory.getLogger(DarkImages.class);

  private DarkImages() {}

  /**
   * Warns if there are such images.
   *
   * @param outcomes columns of {@link Embedder#OUTCOMES}
   */
  static void warn(Dataset<Row> outcomes) {
    String warning = warning(outcomes);
    if (warning != null) {
      LOG.warn(warning);
    }
  }

  /** What there is to say; null if nothing. */
  static String warning(Dataset<Row> outcomes) {
    Row few = outcomes.agg(count(col(Embedder.FEW_BITS)), max(col(Embedder.FEW_BITS))).first();
    if (few.getLong(0) == 0) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "embed: %,d images have samples of 16 bits of which they use %d or fewer; their files do"
            + " not say so, and they are taken as dark. If their camera has fewer bits, repeat with"
            + " --sample-bits (sample-bits in a configuration file), such as 10 or 12, for normal"
            + " and new images alike.",
        few.getLong(0),
        few.getInt(1));
  }
}
