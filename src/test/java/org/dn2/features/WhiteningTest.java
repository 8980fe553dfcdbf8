package org.dn2.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

class WhiteningTest {
  /** Correlated rows around a mean that is not 0. */
  private static List<Row> rows(int count, int dimension, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[dimension];
      double common = random.nextGaussian();
      for (int j = 0; j < dimension; j++) {
        row[j] = (float) (5 + 3 * common + (1 + j) * random.nextGaussian());
      }
      rows.add(Embeddings.image("image%04d".formatted(i), row));
    }
    return rows;
  }

  @Test
  void aHandWorkedWhitening() {
    // Along (1,1)/sqrt(2) the variance is 4, across it 1.
    double half = Math.sqrt(0.5);
    Whitening whitening =
        new WhiteningFit(2, 0.5)
            .ofCovariance(new double[] {1, 2}, new double[] {2.5, 1.5, 1.5, 2.5});
    assertThat(whitening.variances()[0]).isCloseTo(4, within(1e-12));
    assertThat(whitening.variances()[1]).isCloseTo(1, within(1e-12));
    float[] along = whitening.of(new float[] {1 + 3, 2 + 3});
    assertThat(Math.abs(along[0])).isCloseTo((float) (6 * half / Math.sqrt(4 + 2)), within(1e-6f));
    assertThat(along[1]).isCloseTo(0, within(1e-6f));
    float[] across = whitening.of(new float[] {1 + 3, 2 - 3});
    assertThat(across[0]).isCloseTo(0, within(1e-6f));
    assertThat(Math.abs(across[1])).isCloseTo((float) (6 * half / Math.sqrt(1 + 2)), within(1e-6f));
  }

  @Test
  void whitenedRowsHaveNoCovarianceAndTheVarianceThatTheRidgeLeaves() {
    List<Row> rows = rows(400, 6, 3);
    Whitening whitening = new WhiteningFit(4, 0.2).learn(Embeddings.table(rows), 6);
    double[][] whitened = new double[rows.size()][];
    int next = 0;
    for (EmbeddedImage image : EmbeddedImage.in(Embeddings.table(rows)).collectAsList()) {
      float[] values = whitening.of(image.getEmbedding());
      whitened[next] = new double[values.length];
      for (int j = 0; j < values.length; j++) {
        whitened[next][j] = values[j];
      }
      next++;
    }
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        double sum = 0;
        for (double[] row : whitened) {
          sum += row[a] * row[b];
        }
        double variance = whitening.variances()[a];
        double expected = a == b ? variance / (variance + 0.2 * whitening.variances()[0]) : 0;
        assertThat(sum / (rows.size() - 1)).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @Test
  void theSameRowsGiveTheSameNumbersHoweverTheyArePartitioned() {
    Dataset<Row> table = Embeddings.table(rows(200, 5, 4));
    Whitening first = new WhiteningFit(3, 0.1).learn(table.repartition(1), 5);
    Whitening second = new WhiteningFit(3, 0.1).learn(table.repartition(7), 5);
    assertThat(second.directions()).isEqualTo(first.directions());
    assertThat(second.variances()).isEqualTo(first.variances());
  }

  @Test
  void isReadAsItWasWritten() {
    Whitening whitening = new WhiteningFit(3, 0.1).learn(Embeddings.table(rows(50, 5, 5)), 5);
    Whitening read =
        WhiteningTable.read(
            WhiteningTable.rows(whitening, SparkSessions.local()).repartition(3), 0.1);
    assertThat(read.mean()).isEqualTo(whitening.mean());
    assertThat(read.variances()).isEqualTo(whitening.variances());
    assertThat(read.directions()).isEqualTo(whitening.directions());
  }

  @Test
  void whatCannotBeWhitenedIsTold() {
    Dataset<Row> few = Embeddings.table(rows(19, 12, 6));
    assertThatThrownBy(() -> new WhiteningFit(10, 0.1).requireRows(few.count()))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "Whitening of 10 directions needs 20 images or more, there are 19. Whiten fewer"
                + " directions, or none: with few images it does harm.");
    assertThatThrownBy(() -> new WhiteningFit(13, 0.1).learn(few, 12))
        .hasMessageStartingWith("13 directions were asked for, but an embedding has 12 numbers.");
    assertThatThrownBy(() -> new WhiteningFit(0, 0.1))
        .hasMessage("The number of directions to whiten is 0; it must be 1 or more.");
    assertThatThrownBy(() -> new WhiteningFit(3, 0))
        .hasMessage("The ridge of the whitening is 0.0; it must be above 0 and at most 1.");
    assertThatThrownBy(
            () ->
                new WhiteningFit(1, 0.1)
                    .ofCovariance(new double[] {1, 2}, new double[] {0, 0, 0, 0}))
        .hasMessageStartingWith("All images have the same embedding");
    Whitening whitening = new WhiteningFit(3, 0.1).learn(few, 12);
    assertThatThrownBy(() -> whitening.of(new float[5]))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("An embedding has 5 numbers, those that the whitening was learned");
  }
}
