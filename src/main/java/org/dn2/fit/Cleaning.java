package org.dn2.fit;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.DetectorTables;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Drops the training images that are least like the others, so that a few anomalies among them do
 * no harm (section 3.2; the paper drops half).
 *
 * @param fraction of the images to drop, from 0 to below 1
 * @param neighbors whose distances are averaged to tell how unlike the others an image is; null for
 *     what suits the number of images, where the paper takes those of the score
 * @param rounds whether it ends after one
 */
public record Cleaning(double fraction, Integer neighbors, Rounds rounds) implements Serializable {
  /** The column that says whether an image is dropped. */
  public static final String DROPPED = DetectorTables.DROPPED;

  /** Drops nothing. */
  public static final Cleaning NONE = new Cleaning(0);

  /** Anomalies of one kind have each other for nearest; a tenth of the images looks past them. */
  private static final int SHARE_OF_IMAGES = 10;

  /** No gain was measured beyond. */
  private static final int MOST_NEIGHBORS = 500;

  /** Images times neighbors that a search of all images by all images passes on. */
  private static final long MOST_PASSED_ON = 10_000_000;

  /** How often images are scored and dropped. */
  public enum Rounds {
    /** Once: the paper's way. */
    ONCE,
    /**
     * Again by what was kept, all images taking part anew, until the same ones are kept or {@link
     * Cleaner#MOST_ROUNDS} are over. Pays where anomalies are many.
     */
    UNTIL_SETTLED;

    /** The rounds of the given name, such as {@code until-settled}; case does not matter. */
    public static Rounds named(String name) {
      for (Rounds rounds : values()) {
        if (rounds.id().equals(name.toLowerCase(Locale.ROOT).replace('_', '-'))) {
          return rounds;
        }
      }
      throw new UserDataException(
          "There are no rounds %s; there are %s and %s."
              .formatted(name, ONCE.id(), UNTIL_SETTLED.id()));
    }

    /** The name in files and on the command line. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public Cleaning {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new UserDataException(
          "The fraction to clean away is " + fraction + "; it must be from 0 to below 1.");
    }
    if (neighbors != null && neighbors < 1) {
      throw new UserDataException(
          "The number of neighbors that clean is " + neighbors + "; it must be 1 or more.");
    }
    if (fraction == 0 && (neighbors != null || rounds != Rounds.ONCE)) {
      throw new UserDataException(
          "Neighbors or rounds that clean have no effect without a fraction to clean away. Give one.");
    }
  }

  /** In one round, by as many neighbors as suit the number of images. */
  public Cleaning(double fraction) {
    this(fraction, null, Rounds.ONCE);
  }

  /** How many of some images are dropped: the fraction of them, rounded down. */
  public long droppedOf(long images) {
    // Rounding must not push 0.3 * 10 below 3.
    return (long) Math.floor(fraction * images + 1e-9);
  }

  /**
   * How many neighbors clean: those given, else a tenth of the images, at most {@value
   * #MOST_NEIGHBORS} and fewer in large sets, but at least those of the score.
   *
   * @param images how many there are
   * @param k neighbors of the score
   */
  public int neighborsFor(long images, int k) {
    if (neighbors != null) {
      return neighbors;
    }
    long most = Math.min(MOST_NEIGHBORS, MOST_PASSED_ON / Math.max(1, images));
    return (int) Math.max(k, Math.min(images / SHARE_OF_IMAGES, most));
  }

  /**
   * Marks the images with the largest scores; at the same score, ids that come first.
   *
   * @param scores columns image_id and score, each image's by others than itself
   * @return columns image_id, score and dropped
   */
  public Dataset<Row> mark(Dataset<Row> scores) {
    long dropped = droppedOf(scores.count());
    JavaRDD<Row> ranked =
        scores
            .select(Tables.IMAGE_ID, Tables.SCORE)
            .orderBy(col(Tables.SCORE).desc(), col(Tables.IMAGE_ID))
            .javaRDD()
            .zipWithIndex()
            .map(row -> RowFactory.create(row._1().get(0), row._1().get(1), row._2() < dropped));
    return scores
        .sparkSession()
        .createDataFrame(
            ranked,
            new StructType()
                .add(DetectorTables.CLEANING.apply(Tables.IMAGE_ID))
                .add(DetectorTables.CLEANING.apply(Tables.SCORE))
                .add(DetectorTables.CLEANING.apply(DROPPED)));
  }
}
