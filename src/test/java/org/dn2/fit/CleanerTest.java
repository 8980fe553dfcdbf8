package org.dn2.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.neighbors.Distance;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CleanerTest {
  private static final int DIMENSION = 8;
  private static final int NORMAL = 180;

  /**
   * Normal images far apart, and strays of one kind, close to each other and away from the rest.
   */
  private static Dataset<Row> contaminated(int strays, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < NORMAL + strays; i++) {
      boolean isStray = i >= NORMAL;
      float[] row = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        row[j] = (float) (random.nextGaussian() * (isStray ? 0.1 : 1) + (isStray ? 3 : 0));
      }
      String label = isStray ? "stray" : "normal";
      rows.add(Embeddings.image("%s%04d".formatted(label, i), label, null, row));
    }
    return Embeddings.table(rows);
  }

  private static long straysKept(Cleaning cleaning, Dataset<Row> images, SearchPlan plan) {
    Neighborhood method = new Neighborhood(DIMENSION, Distance.SQUARED_EUCLIDEAN, 2);
    try (Cleaner cleaner = new Cleaner(cleaning, method, plan)) {
      Cleaner.Cleaned cleaned = cleaner.clean(images);
      assertThat(cleaned.kept().count() + cleaning.droppedOf(cleaned.scored()))
          .isEqualTo(cleaned.scored());
      return cleaned.kept().filter("label = 'stray'").count();
    }
  }

  @Test
  void straysOfOneKindAreEachOthersNearestAndATenthLooksPastThem() {
    for (long seed = 0; seed < 5; seed++) {
      Dataset<Row> images = contaminated(12, seed);
      assertThat(straysKept(new Cleaning(0.3, 2, Cleaning.Rounds.ONCE), images, SearchPlan.AUTO))
          .as("by the neighbors of the score, seed %d", seed)
          .isGreaterThan(6);
      assertThat(straysKept(new Cleaning(0.3), images, SearchPlan.AUTO))
          .as("by a tenth, seed %d", seed)
          .isZero();
    }
  }

  @Test
  void roundsDropMoreStraysWhereThereAreMany() {
    Cleaning once = new Cleaning(0.4, 20, Cleaning.Rounds.ONCE);
    Cleaning settled = new Cleaning(0.4, 20, Cleaning.Rounds.UNTIL_SETTLED);
    long keptOnce = 0;
    long keptSettled = 0;
    for (long seed = 0; seed < 5; seed++) {
      Dataset<Row> images = halfHidden(seed);
      keptOnce += straysKept(once, images, SearchPlan.AUTO);
      keptSettled += straysKept(settled, images, SearchPlan.AUTO);
    }
    assertThat(keptSettled).isLessThan(keptOnce);
  }

  /** Strays in two groups that shield each other until the outer ones are gone. */
  private static Dataset<Row> halfHidden(long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean isStray = i >= 130;
      float[] row = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        row[j] = (float) (random.nextGaussian() * (isStray ? 0.9 : 1) + (isStray ? 1.6 : 0));
      }
      String label = isStray ? "stray" : "normal";
      rows.add(Embeddings.image("%s%04d".formatted(label, i), label, null, row));
    }
    return Embeddings.table(rows);
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists"})
  void everySearchPlanKeepsTheSameImages(String plan) {
    Dataset<Row> images = contaminated(20, 7);
    Cleaning cleaning = new Cleaning(0.25, null, Cleaning.Rounds.UNTIL_SETTLED);
    Neighborhood method = new Neighborhood(DIMENSION, Distance.SQUARED_EUCLIDEAN, 2);
    try (Cleaner one = new Cleaner(cleaning, method, SearchPlan.named(plan));
        Cleaner other = new Cleaner(cleaning, method, SearchPlan.BROADCAST)) {
      Cleaner.Cleaned cleaned = one.clean(images);
      Cleaner.Cleaned expected = other.clean(images.repartition(5));
      assertThat(ids(cleaned.kept())).isEqualTo(ids(expected.kept()));
      assertThat(cleaned.rounds()).isEqualTo(expected.rounds()).isBetween(2, Cleaner.MOST_ROUNDS);
      assertThat(cleaned.neighbors()).isEqualTo(20);
    }
  }

  private static List<String> ids(Dataset<Row> images) {
    return images.orderBy(Tables.IMAGE_ID).collectAsList().stream()
        .map(row -> row.<String>getAs(Tables.IMAGE_ID))
        .toList();
  }

  @Test
  void theNumberOfNeighborsSuitsTheNumberOfImages() {
    Cleaning cleaning = new Cleaning(0.5);
    assertThat(cleaning.neighborsFor(8, 2)).isEqualTo(2);
    assertThat(cleaning.neighborsFor(300, 2)).isEqualTo(30);
    assertThat(cleaning.neighborsFor(5_000, 2)).isEqualTo(500);
    assertThat(cleaning.neighborsFor(20_000, 2)).isEqualTo(500);
    assertThat(cleaning.neighborsFor(50_000, 2)).isEqualTo(200);
    assertThat(cleaning.neighborsFor(1_000_000, 2)).isEqualTo(10);
    assertThat(cleaning.neighborsFor(100_000_000, 2)).isEqualTo(2);
    assertThat(new Cleaning(0.5, 2, Cleaning.Rounds.ONCE).neighborsFor(5_000, 5)).isEqualTo(2);
  }

  @Test
  void aNumberOfNeighborsThatCannotBeIsTold() {
    assertThatThrownBy(() -> new Cleaning(0.5, 0, Cleaning.Rounds.ONCE))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The number of neighbors that clean is 0; it must be 1 or more.");
    Cleaning wide = new Cleaning(0.5, 500, Cleaning.Rounds.ONCE);
    assertThatThrownBy(() -> straysKept(wide, contaminated(0, 1), SearchPlan.AUTO))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "Cleaning looks at 500 neighbors, but each of the 180 images has 179 others. Clean"
                + " by fewer neighbors, or give more images.");
    assertThatThrownBy(() -> straysKept(new Cleaning(0.99), contaminated(0, 1), SearchPlan.AUTO))
        .hasMessage(
            "Cleaning leaves 2 of 180 images, too few for k = 2. Clean away a smaller"
                + " fraction, or give more images.");
    assertThatThrownBy(() -> new Cleaning(0, 5, Cleaning.Rounds.ONCE))
        .hasMessageStartingWith("Neighbors or rounds that clean have no effect without");
    assertThat(Cleaning.Rounds.named("Until_Settled")).isEqualTo(Cleaning.Rounds.UNTIL_SETTLED);
    assertThatThrownBy(() -> Cleaning.Rounds.named("twice"))
        .hasMessage("There are no rounds twice; there are once and until-settled.");
  }
}
