package org.dn2.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.dn2.score.Scorer;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores training images by each other and drops the strangest (section 3.2), in one round or in
 * several. Close it once what came of it has been written: until then, marks that are lost with an
 * executor can be made again.
 */
public final class Cleaner implements AutoCloseable {
  /** Where rounds do not settle, as where two sets take turns. */
  public static final int MOST_ROUNDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

  private final Cleaning cleaning;
  private final Neighborhood method;
  private final SearchPlan plan;
  private final List<Scorer> scorers = new ArrayList<>();
  private Dataset<Row> marked;

  /**
   * @param method the score's own; its k is the least number of neighbors that clean
   */
  public Cleaner(Cleaning cleaning, Neighborhood method, SearchPlan plan) {
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
   * @throws UserDataException if there are not as many others as neighbors, or too few are left
   */
  public Cleaned clean(Dataset<Row> images) {
    long scored = images.count();
    int neighbors = cleaning.neighborsFor(scored, method.k());
    requireOthers(scored, neighbors);
    Neighborhood wide = new Neighborhood(method.dimension(), method.distance(), neighbors);
    mark(scorer(images, wide).leaveOneOut(images));
    if (cleaning.rounds() == Cleaning.Rounds.UNTIL_SETTLED) {
      boolean isSettled = false;
      while (!isSettled && scorers.size() < MOST_ROUNDS) {
        isSettled = markByKept(images, wide, scored) == 0;
      }
      if (!isSettled) {
        LOG.warn(
            "clean: not settled after {} rounds; the last one's marks are taken.", MOST_ROUNDS);
      }
    }
    return new Cleaned(marked, kept(images), scored, neighbors, scorers.size());
  }

  private void requireOthers(long scored, int neighbors) {
    if (neighbors > scored - 1) {
      throw new UserDataException(
          "Cleaning looks at %d neighbors, but each of the %d images has %d others. Clean by fewer neighbors, or give more images."
              .formatted(neighbors, scored, Math.max(0, scored - 1)));
    }
    long left = scored - cleaning.droppedOf(scored);
    if (method.k() > left - 1) {
      throw new UserDataException(
          "Cleaning leaves %d of %d images, too few for k = %d. Clean away a smaller fraction, or give more images."
              .formatted(left, scored, method.k()));
    }
  }

  /** One a round. */
  private Scorer scorer(Dataset<Row> reference, Neighborhood by) {
    Scorer scorer = Scorer.of(reference, by, plan);
    scorers.add(scorer);
    return scorer;
  }

  /** Another round; how many images changed sides. */
  private long markByKept(Dataset<Row> images, Neighborhood wide, long scored) {
    long others = scored - cleaning.droppedOf(scored) - 1;
    Neighborhood fewer =
        new Neighborhood(
            wide.dimension(), wide.distance(), (int) Math.max(1, Math.min(wide.k(), others)));
    Dataset<Row> before = marked;
    // A dropped image is not among the kept; a kept one is scored by the others, as the dropped
    // are.
    mark(
        scorer(kept(images), fewer)
            .score(images, SelfNeighbor.EXCLUDED)
            .select(Tables.IMAGE_ID, Tables.SCORE));
    try {
      return marked
          .as("now")
          .join(before.as("before"), Tables.IMAGE_ID)
          .filter(col("now." + Cleaning.DROPPED).notEqual(col("before." + Cleaning.DROPPED)))
          .count();
    } finally {
      before.unpersist();
    }
  }

  private void mark(Dataset<Row> scores) {
    LentCache.with(
        scores,
        StorageLevel.MEMORY_AND_DISK(),
        lent -> {
          marked = cleaning.mark(lent).persist(StorageLevel.MEMORY_AND_DISK());
          return marked.count();
        });
  }

  private Dataset<Row> kept(Dataset<Row> images) {
    return images.join(
        marked.filter(not(col(Cleaning.DROPPED))).select(Tables.IMAGE_ID),
        new String[] {Tables.IMAGE_ID},
        "left_semi");
  }

  @Override
  public void close() {
    if (marked != null) {
      marked.unpersist();
    }
    scorers.forEach(Scorer::close);
  }
}
