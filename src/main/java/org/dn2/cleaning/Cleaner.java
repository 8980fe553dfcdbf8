package org.dn2.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.dn2.score.Calibration;
import org.dn2.score.Scorer;
import org.dn2.score.SearchPlan;
import org.dn2.score.SelfNeighbor;
import org.dn2.table.Tables;

/**
 * Scores training images by each other and drops the strangest (section 3.2), in one round or in
 * several. Close it to free the marks, once what came of them has been written.
 */
public final class Cleaner implements AutoCloseable {
  /** Where rounds do not settle, as where two sets take turns. */
  public static final int MOST_ROUNDS = 10;

  private final Cleaning cleaning;
  private final Scorer.Method method;
  private final SearchPlan plan;
  private Dataset<Row> marked;
  private int rounds;

  /**
   * @param method the score's own; its k is the least number of neighbors that clean
   */
  public Cleaner(Cleaning cleaning, Scorer.Method method, SearchPlan plan) {
    this.cleaning = cleaning;
    this.method = method;
    this.plan = plan;
  }

  /**
   * What became of the images.
   *
   * @param marked columns image_id, score (of the last round) and dropped
   * @param kept the images that were not dropped, with all their columns
   * @param scored how many images there were
   * @param neighbors by which they were scored
   * @param rounds that were needed, 1 or more
   */
  public record Cleaned(
      Dataset<Row> marked, Dataset<Row> kept, long scored, int neighbors, int rounds) {}

  /**
   * Cleans.
   *
   * @param images columns image_id and embedding, among others
   * @throws org.dn2.table.UserDataException if there are not as many others as neighbors
   */
  public Cleaned clean(Dataset<Row> images) {
    long scored = images.count();
    int neighbors = cleaning.neighborsFor(scored, method.k());
    Scorer.Method wide = new Scorer.Method(method.dimension(), method.distance(), neighbors);
    try (Scorer scorer = Scorer.of(images, wide, plan)) {
      replaceMarks(scorer.leaveOneOut(images));
    }
    if (cleaning.rounds() == Cleaning.Rounds.UNTIL_SETTLED) {
      boolean isSettled = false;
      while (!isSettled && rounds < MOST_ROUNDS) {
        isSettled = scoreByKept(images, wide, scored) == 0;
      }
    }
    return new Cleaned(marked, kept(images), scored, neighbors, rounds);
  }

  /** Another round; how many images changed sides. */
  private long scoreByKept(Dataset<Row> images, Scorer.Method wide, long scored) {
    long others = scored - cleaning.droppedOf(scored) - 1;
    Scorer.Method method =
        new Scorer.Method(
            wide.dimension(), wide.distance(), (int) Math.max(1, Math.min(wide.k(), others)));
    Dataset<Row> before = marked;
    marked = null;
    try (Scorer scorer = Scorer.of(keptBy(images, before), method, plan)) {
      // A dropped image is not among them; a kept one is scored by the others, as the dropped are.
      replaceMarks(
          scorer
              .score(images, Calibration.of(new double[0]), SelfNeighbor.EXCLUDED)
              .select(Tables.IMAGE_ID, Tables.SCORE));
      return marked
          .as("now")
          .join(before.as("before"), Tables.IMAGE_ID)
          .filter(col("now." + Cleaning.DROPPED).notEqual(col("before." + Cleaning.DROPPED)))
          .count();
    } finally {
      before.unpersist();
    }
  }

  private void replaceMarks(Dataset<Row> scores) {
    Dataset<Row> lasting = scores.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      marked = cleaning.mark(lasting).persist(StorageLevel.MEMORY_AND_DISK());
      // Made now: the scorer is closed next.
      marked.count();
      rounds++;
    } finally {
      lasting.unpersist();
    }
  }

  private Dataset<Row> kept(Dataset<Row> images) {
    return keptBy(images, marked);
  }

  private static Dataset<Row> keptBy(Dataset<Row> images, Dataset<Row> marks) {
    return images.join(
        marks.filter(not(col(Cleaning.DROPPED))).select(Tables.IMAGE_ID),
        new String[] {Tables.IMAGE_ID},
        "left_semi");
  }

  @Override
  public void close() {
    if (marked != null) {
      marked.unpersist();
    }
  }
}
