package org.dn2.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

class CleaningTest {
  private static Dataset<Row> scores(double... values) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      rows.add(RowFactory.create("image" + i, values[i]));
    }
    return SparkSessions.local()
        .createDataFrame(
            rows,
            new StructType()
                .add(Tables.IMAGE_ID, DataTypes.StringType)
                .add(Tables.SCORE, DataTypes.DoubleType));
  }

  private static List<String> dropped(double fraction, Dataset<Row> scores) {
    return new Cleaning(fraction)
        .mark(scores).filter(Cleaning.DROPPED).orderBy(Tables.IMAGE_ID).collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
  }

  @Test
  void dropsTheLargestScoresAndRoundsDown() {
    Dataset<Row> scores = scores(5, 1, 9, 2, 7);
    assertThat(dropped(0.5, scores)).containsExactly("image2", "image4");
    assertThat(dropped(0.5, scores.repartition(3))).containsExactly("image2", "image4");
    assertThat(dropped(0.19, scores)).isEmpty();
    assertThat(dropped(0, scores)).isEmpty();
    assertThat(new Cleaning(0.5).mark(scores).count()).isEqualTo(5);
    assertThat(new Cleaning(0.3).droppedOf(10)).isEqualTo(3);
  }

  @Test
  void equalScoresAreDroppedInTheOrderOfIds() {
    assertThat(dropped(0.5, scores(3, 3, 3, 3))).containsExactly("image0", "image1");
  }

  @Test
  void everythingCannotBeDropped() {
    assertThatThrownBy(() -> new Cleaning(1))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The fraction to clean away is 1.0; it must be from 0 to below 1.");
    assertThatThrownBy(() -> new Cleaning(Double.NaN)).isInstanceOf(UserDataException.class);
  }
}
