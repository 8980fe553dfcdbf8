package org.dn2.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dn2.testing.Embeddings.image;
import static org.dn2.testing.Embeddings.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.Test;

class GroupsTest {
  private static final Dataset<Row> IMAGES =
      table(
          List.of(
              image("b2", "cat", "b", 1, 5),
              image("a", "dog", "a", 3, 4),
              image("b1", "cat", "b", 2, 1),
              image("c1", "cat", "c", 0, 0),
              image("c2", "dog", "c", 6, 8)));

  private static List<String> rows(Dataset<Row> groups) {
    return groups.orderBy(Tables.IMAGE_ID).collectAsList().stream().map(Row::toString).toList();
  }

  @Test
  void poolsByMeanMaximumAndPlace() {
    Groups groups = new Groups(IMAGES);
    assertThat(rows(groups.pooled(Pooling.MEAN)))
        .containsExactly(
            "[a,dog,a,1,ArraySeq(3.0, 4.0)]",
            "[b,cat,b,2,ArraySeq(1.5, 3.0)]",
            "[c,null,c,2,ArraySeq(3.0, 4.0)]");
    assertThat(rows(groups.pooled(Pooling.MAX)))
        .contains("[b,cat,b,2,ArraySeq(2.0, 5.0)]", "[c,null,c,2,ArraySeq(6.0, 8.0)]");
    assertThat(rows(groups.pooled(Pooling.CONCATENATE)))
        .contains("[b,cat,b,2,ArraySeq(2.0, 1.0, 1.0, 5.0)]");
  }

  @Test
  void theSpreadIsTheSumOfTheVariances() {
    assertThat(rows(new Groups(IMAGES).spreads()))
        .containsExactly("[a,dog,a,1,0.0]", "[b,cat,b,2,8.5]", "[c,null,c,2,50.0]");
    // Three points on a line: variance 1 in one dimension, 4 in the other.
    assertThat(
            Spread.covarianceTrace(
                List.of(new float[] {1, 2}, new float[] {2, 4}, new float[] {3, 6})))
        .isCloseTo(5, within(1e-12));
  }

  @Test
  void aGroupOfOneIsItsImageAndOrderChangesNothing() {
    List<Row> images = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 90; i++) {
      float[] embedding = new float[5];
      for (int j = 0; j < 5; j++) {
        embedding[j] = random.nextFloat();
      }
      images.add(image("image" + i, null, "group" + i % 13, embedding));
    }
    List<Row> alone =
        images.stream()
            .map(row -> image(row.getString(0), null, row.getString(0), floats(row)))
            .toList();
    assertThat(rows(new Groups(table(alone)).pooled(Pooling.MEAN).select("embedding", "image_id")))
        .isEqualTo(rows(table(alone).select("embedding", "image_id")));

    List<Row> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, random);
    for (Pooling pooling : Pooling.values()) {
      assertThat(rows(new Groups(table(shuffled).repartition(7)).pooled(pooling)))
          .isEqualTo(rows(new Groups(table(images).coalesce(1)).pooled(pooling)));
    }
    assertThat(rows(new Groups(table(shuffled).repartition(7)).spreads()))
        .isEqualTo(rows(new Groups(table(images).coalesce(1)).spreads()));
  }

  private static float[] floats(Row row) {
    @SuppressWarnings("unchecked")
    List<Float> values = (List<Float>) row.get(4);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  @Test
  void badInputIsNamed() {
    assertThatThrownBy(() -> new Groups(table(Embeddings.random(3, 2, 1))))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("3 images belong to no group, image000 among them. Embed them");
    assertThatThrownBy(() -> Pooling.named("median"))
        .hasMessage("There is no pooling median; there are mean, max, concatenate.");
    assertThatThrownBy(
            () ->
                new Groups(table(List.of(image("a", null, "g", 1), image("b", null, "g", 1, 2))))
                    .pooled(Pooling.MEAN)
                    .collect())
        .rootCause()
        .hasMessageStartingWith("The embedding of b has 2 numbers, others of its group have 1.");
  }
}
