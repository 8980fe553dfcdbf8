package org.dn2.fit;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.embedding.ModelSpec;
import org.dn2.table.Tables;

/** Tells detectors apart: equal ids give equal scores. */
final class DetectorId {
  /** Hexadecimal, of the 64 that SHA-256 gives. */
  private static final int DIGITS = 16;

  private DetectorId() {}

  /**
   * A reference set's digest, whatever the order of its rows.
   *
   * @param rows how many there are
   * @param hash of their ids and numbers
   */
  record RowsDigest(long rows, long hash) {
    static RowsDigest of(Dataset<Row> reference) {
      Row digest =
          reference
              .agg(count(lit(1)), bit_xor(xxhash64(col(Tables.IMAGE_ID), col(Tables.EMBEDDING))))
              .head();
      return new RowsDigest(digest.getLong(0), digest.getLong(1));
    }
  }

  /**
   * The id: a digest of every setting that a score depends on and of the reference rows.
   *
   * @param method with the k that the detector has
   */
  static String of(
      FitMethod method,
      FeatureRows features,
      ModelSpec model,
      Detector.Threshold threshold,
      RowsDigest reference) {
    String everything =
        String.join(
                "\n",
                model.sha256(),
                model.id(),
                method.distance().id(),
                features.description().toString(),
                Integer.toString(features.whiteningDigest()),
                method.pooling() == null ? "images" : method.pooling().id(),
                Integer.toString(method.k()),
                Double.toString(threshold.value()),
                Long.toString(reference.rows()),
                Long.toString(reference.hash()))
            + (method.search().isExact() ? "" : "\n" + method.search());
    return DigestUtils.sha256Hex(everything).substring(0, DIGITS);
  }
}
