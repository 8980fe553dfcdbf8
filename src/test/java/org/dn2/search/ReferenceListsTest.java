package org.dn2.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.neighbors.Distance;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceListsTest {
  private static final int DIMENSION = 8;
  private static final int ROWS = 900;
  private static final int MOST_ROWS = 120;
  private static final Neighborhood NEIGHBORHOOD =
      new Neighborhood(DIMENSION, Distance.SQUARED_EUCLIDEAN, 3);

  /** Nine of ten rows alike, which no centers can part. */
  private static Dataset<Row> crowd(int count) {
    Random random = new Random(17);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] numbers = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        numbers[j] = i % 10 == 0 ? (float) (1000 * random.nextGaussian()) : 1;
      }
      rows.add(Embeddings.image("row%04d".formatted(i), numbers));
    }
    return Embeddings.table(rows).repartition(3);
  }

  private static ReferenceLists lists(Dataset<Row> rows, int count, int mostRows) {
    return new ReferenceLists(
        EmbeddedImage.in(rows),
        count,
        DIMENSION,
        Distance.SQUARED_EUCLIDEAN,
        (long) mostRows * DIMENSION * Float.BYTES);
  }

  @Test
  void aListOfMostRowsLiesInSeveralPartitionsOfBoundedSize() {
    try (ReferenceLists lists = lists(crowd(ROWS), ROWS, MOST_ROWS)) {
      JavaRDD<ReferenceLists.RowList> parts = lists.rowLists();
      List<Integer> rowsOfPartitions =
          parts
              .mapPartitions(
                  some -> {
                    int rows = 0;
                    while (some.hasNext()) {
                      rows += some.next().size();
                    }
                    return List.of(rows).iterator();
                  })
              .collect();
      assertThat(lists.mostRows()).as("the largest list").isGreaterThan(2 * MOST_ROWS);
      assertThat(rowsOfPartitions.stream().mapToInt(Integer::intValue).sum()).isEqualTo(ROWS);
      assertThat(rowsOfPartitions).allMatch(rows -> rows < 2 * MOST_ROWS);
    }
  }

  /** With two rows a partition, some get none of a list that was cut for them. */
  @ParameterizedTest
  @CsvSource({"900, 120", "100, 2"})
  void theAnswersOfListsInPartsAreThoseOfTheWholeSet(int count, int mostRows) {
    Dataset<Row> rows = crowd(count);
    Dataset<Row> queries = Embeddings.table(Embeddings.random(60, DIMENSION, 5)).unionAll(rows);
    try (NeighborSearch whole = NeighborSearch.open(rows, NEIGHBORHOOD, SearchPlan.BROADCAST);
        ListSearch parts = new ListSearch(rows.sparkSession(), lists(rows, count, mostRows), 0)) {
      for (SelfNeighbor self : SelfNeighbor.values()) {
        assertThat(answers(parts.nearest(EmbeddedImage.in(queries), 3, self)))
            .isEqualTo(answers(whole.nearest(queries, self)));
      }
    }
  }

  private static Map<String, String> answers(Dataset<Row> found) {
    Map<String, String> answers = new TreeMap<>();
    for (Row row : found.collectAsList()) {
      assertThat(answers.put(row.getAs(Tables.IMAGE_ID), row.mkString(" "))).isNull();
    }
    return answers;
  }

  @Test
  void sharesOfLikeSizeFillPartitionsEvenly() {
    ListPlaces places = ListPlaces.of(new double[] {1000, 10, 90, 0}, 100, 2);
    assertThat(places.count()).isEqualTo(11);
    assertThat(places.of(0)).hasSize(10);
    assertThat(places.of(1)).hasSize(1);
    int[] rows = new int[places.count()];
    for (int i = 0; i < 1000; i++) {
      int place = places.of(0, "image-%05d.png".formatted(i));
      assertThat(places.of(0)).contains(place);
      rows[place]++;
    }
    assertThat(Arrays.stream(rows).filter(count -> count > 0)).allMatch(count -> count < 160);
    assertThat(IntStream.range(0, 4).mapToObj(places::of)).allMatch(some -> some.length > 0);
  }

  @Test
  void smallListsShareAsManyPartitionsAsAreWanted() {
    ListPlaces places = ListPlaces.of(new double[] {5, 5, 5, 5, 5, 5}, 1000, 3);
    assertThat(places.count()).isEqualTo(3);
    assertThat(IntStream.range(0, 6).map(list -> places.of(list)[0]))
        .containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2);
  }
}
