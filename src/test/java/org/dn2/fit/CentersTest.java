package org.dn2.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dn2.testing.Embeddings.image;
import static org.dn2.testing.Embeddings.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CentersTest {
  private static List<Row> rows(Centers.Clustered clustered) {
    return clustered.reference().orderBy(Tables.IMAGE_ID).collectAsList();
  }

  /** The images of each center, ascending. */
  private static Map<String, List<String>> members(Centers.Clustered clustered) {
    Map<String, List<String>> members = new HashMap<>();
    for (Row row : clustered.members().orderBy(Tables.IMAGE_ID).collectAsList()) {
      members
          .computeIfAbsent(row.getAs(Centers.CENTER_ID), center -> new ArrayList<>())
          .add(row.getAs(Tables.IMAGE_ID));
    }
    return members;
  }

  @Test
  void findsTwoObviousClusters() {
    Dataset<Row> images =
        table(List.of(image("a", 0, 0), image("c", 10, 10), image("b", 0, 2), image("d", 10, 14)));
    Centers.Clustered clustered = new Centers(2, 1, "euclidean").cluster(images);
    assertThat(clustered.cost()).isCloseTo(10, within(1e-9));
    assertThat(clustered.count()).isEqualTo(2);
    Map<String, List<String>> members = members(clustered);
    assertThat(
            rows(clustered).stream()
                .map(row -> row.getList(3) + " " + members.get(row.getString(0)))
                .sorted()
                .toList())
        .containsExactly("[0.0, 1.0] [a, b]", "[10.0, 12.0] [c, d]");
  }

  @Test
  void oneCenterIsTheMean() {
    Dataset<Row> images = table(List.of(image("b", 0, 0), image("a", 6, 8), image("c", 0, 1)));
    Centers.Clustered euclidean = new Centers(1, 1, "euclidean").cluster(images);
    assertThat(rows(euclidean).get(0)).hasToString("[center-000000,null,null,ArraySeq(2.0, 3.0)]");
    assertThat(members(euclidean)).isEqualTo(Map.of("center-000000", List.of("a", "b", "c")));
    assertThat(euclidean.cost()).isCloseTo(62, within(1e-9));

    Dataset<Row> directions = table(List.of(image("a", 5, 0), image("b", 0, 2)));
    Centers.Clustered cosine = new Centers(1, 1, "cosine").cluster(directions);
    assertThat(cosine.cost()).isCloseTo(2 - Math.sqrt(2), within(1e-9));
  }

  @Test
  void asManyCentersAsImagesAreTheImages() {
    Dataset<Row> images = table(Embeddings.random(40, 3, 5));
    Centers.Clustered clustered = new Centers(40, 1, "euclidean").cluster(images);
    assertThat(clustered.cost()).isZero();
    assertThat(members(clustered)).hasSize(40).containsEntry("image007", List.of("image007"));
    assertThat(
            clustered
                .reference()
                .select("image_id", "embedding")
                .except(images.select("image_id", "embedding"))
                .count())
        .isZero();
  }

  @Test
  void theSeedDecidesAndTheOrderOfImagesDoesNot() {
    List<Row> images = Embeddings.random(300, 4, 5);
    List<Row> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, new Random(3));
    Centers centers = new Centers(7, 11, "euclidean");
    assertThat(rows(centers.cluster(table(shuffled).repartition(5))))
        .isEqualTo(rows(centers.cluster(table(images).coalesce(1))));
    assertThat(rows(new Centers(7, 12, "euclidean").cluster(table(images))))
        .isNotEqualTo(rows(centers.cluster(table(images))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"euclidean", "cosine"})
  void everyImageBelongsToTheNearestCenterAndTheCostIsTheirDistances(String measure) {
    for (int dimension : new int[] {5, 400}) {
      Map<String, float[]> images = new HashMap<>();
      Dataset<Row> table = table(Embeddings.random(300, dimension, 5));
      EmbeddedImage.in(table)
          .collectAsList()
          .forEach(image -> images.put(image.getImageId(), image.getEmbedding()));
      Centers.Clustered clustered = new Centers(7, 3, measure).cluster(table);
      List<Row> centers = rows(clustered);
      double cost = 0;
      Map<String, List<String>> members = members(clustered);
      assertThat(members.values().stream().mapToInt(List::size).sum()).isEqualTo(300);
      for (Row center : centers) {
        for (String id : members.get(center.getString(0))) {
          float[] image = images.get(id);
          double distance = distance(measure, image, center);
          double least =
              centers.stream()
                  .mapToDouble(other -> distance(measure, image, other))
                  .min()
                  .orElse(0);
          assertThat(distance).isCloseTo(least, within(1e-4 * least));
          cost += distance;
        }
      }
      assertThat(clustered.cost()).isCloseTo(cost, within(1e-3 * cost));
    }
  }

  private static double distance(String measure, float[] image, Row center) {
    double product = 0;
    double squares = 0;
    double centerSquares = 0;
    double difference = 0;
    for (int i = 0; i < image.length; i++) {
      float value = (Float) center.getList(3).get(i);
      product += (double) image[i] * value;
      squares += (double) image[i] * image[i];
      centerSquares += (double) value * value;
      difference += Math.pow((double) image[i] - value, 2);
    }
    return measure.equals("cosine") ? 1 - product / Math.sqrt(squares * centerSquares) : difference;
  }

  @Test
  void copiesGiveFewerCentersThanAskedFor() {
    List<Row> images = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      images.add(image("image" + i, i % 2, 0));
    }
    assertThat(new Centers(5, 1, "euclidean").cluster(table(images)).count()).isEqualTo(2);
  }

  @Test
  void fewCopiesOfManyNumbersGiveFewerCentersToo() {
    List<Row> images = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      float[] embedding = new float[64];
      Arrays.fill(embedding, 1 + i % 2);
      images.add(image("image" + i, embedding));
    }
    assertThat(new Centers(5, 1, "euclidean").cluster(table(images)).count()).isEqualTo(2);
  }

  @Test
  void badInputIsNamed() {
    assertThatThrownBy(() -> new Centers(0, 1, "euclidean"))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The number of centers is 0; it must be 1 or more.");
    assertThatThrownBy(
            () -> new Centers(4, 1, "euclidean").cluster(table(Embeddings.random(3, 2, 1))))
        .hasMessage("4 centers were asked for, but there are 3 images. Give fewer centers.");
  }
}
