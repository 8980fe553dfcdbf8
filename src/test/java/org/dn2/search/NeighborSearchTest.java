package org.dn2.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.neighbors.Distance;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NeighborSearchTest {
  private static final Dataset<Row> REFERENCE =
      Embeddings.table(
          List.of(
              Embeddings.image("b", "good", null, 3, 0),
              Embeddings.image("a", "good", null, 0, 0),
              Embeddings.image("c", "good", null, 0, 4)));

  private static NeighborSearch open(int k, String plan) {
    return NeighborSearch.open(
        REFERENCE, new Neighborhood(2, Distance.SQUARED_EUCLIDEAN, k), SearchPlan.named(plan));
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists", "lists:3"})
  void everyPlanGivesTheNearestWithTheirDistances(String plan) {
    Dataset<Row> images = Embeddings.table(List.of(Embeddings.image("q", "new", "g", 0, 1)));
    try (NeighborSearch search = open(2, plan)) {
      Dataset<Row> nearest = search.nearest(images, SelfNeighbor.COUNTS);
      assertThat(nearest.schema().treeString()).isEqualTo(NeighborSearch.NEIGHBORS.treeString());
      Row row = nearest.head();
      assertThat(row.<String>getAs(Tables.IMAGE_ID)).isEqualTo("q");
      assertThat(row.<String>getAs(Tables.LABEL)).isEqualTo("new");
      assertThat(row.<String>getAs(Tables.GROUP_ID)).isEqualTo("g");
      assertThat(row.getList(row.fieldIndex(Tables.NEIGHBOR_IDS))).isEqualTo(List.of("a", "c"));
      assertThat(row.getList(row.fieldIndex(Tables.NEIGHBOR_DISTANCES)))
          .isEqualTo(List.of(1.0, 9.0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists", "lists:3"})
  void anImageOfTheSetIsNotAmongItsOthers(String plan) {
    try (NeighborSearch search = open(2, plan)) {
      List<Row> rows = search.nearestOthers(REFERENCE).orderBy(Tables.IMAGE_ID).collectAsList();
      assertThat(rows)
          .extracting(row -> row.getList(row.fieldIndex(Tables.NEIGHBOR_IDS)))
          .containsExactly(List.of("b", "c"), List.of("a", "c"), List.of("a", "b"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists", "lists:2"})
  void rowsThatAskWithOneIdAreEachAnswered(String plan) {
    Row twice = Embeddings.image("q", "new", null, 0, 1);
    Dataset<Row> images =
        Embeddings.table(
            List.of(
                twice,
                Embeddings.image("q", "new", null, 3, 1),
                twice,
                Embeddings.image("q", "other", null, 0, 1)));
    try (NeighborSearch search = open(2, plan)) {
      assertThat(search.nearest(images, SelfNeighbor.COUNTS).collectAsList())
          .extracting(
              row -> row.<String>getAs(Tables.LABEL),
              row -> row.getList(row.fieldIndex(Tables.NEIGHBOR_IDS)),
              row -> row.getList(row.fieldIndex(Tables.NEIGHBOR_DISTANCES)))
          .containsExactlyInAnyOrder(
              tuple("new", List.of("a", "c"), List.of(1.0, 9.0)),
              tuple("new", List.of("a", "c"), List.of(1.0, 9.0)),
              tuple("other", List.of("a", "c"), List.of(1.0, 9.0)),
              tuple("new", List.of("b", "a"), List.of(1.0, 10.0)));
    }
  }

  @Test
  void moreNeighborsThanThereAreIsTold() {
    assertThatThrownBy(() -> new Neighborhood(2, Distance.SQUARED_EUCLIDEAN, 0))
        .isInstanceOf(UserDataException.class)
        .hasMessage("k is 0; it must be 1 or more.");
    assertThatThrownBy(() -> open(4, "auto"))
        .hasMessage(
            "k is 4, but the reference set has 3 images. Give a smaller k or more normal images.");
    try (NeighborSearch search = open(3, "auto")) {
      assertThatThrownBy(() -> search.nearestOthers(REFERENCE))
          .hasMessage(
              "k is 3, but each image of the reference set has 2 others. Give a smaller k or more"
                  + " normal images.");
    }
  }
}
