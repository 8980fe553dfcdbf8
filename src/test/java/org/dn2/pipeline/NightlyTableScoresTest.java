package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import org.dn2.store.RunRecord;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyTableScoresTest {
  @TempDir private Path folder;
  private NightlyPlace place;

  @BeforeEach
  void writeImages() throws IOException {
    place = NightlyPlace.in(folder);
    Images.writeFolder(place.normal(), 2, Color.RED, 100);
    Images.writeFolder(place.inbox(), 1, Color.RED, 1000);
  }

  private void assertRefused(String name, String... parts) {
    String setting = "scores = \"table:" + name + "\"";
    assertThatThrownBy(() -> place.run("2026-11-01", setting))
        .isInstanceOf(UserDataException.class)
        .satisfies(refused -> assertThat(refused.getMessage()).contains(parts));
    assertThat(place.opened().runs().records())
        .last()
        .satisfies(
            record -> {
              assertThat(record.outcome()).isEqualTo(RunRecord.Outcome.FAILED);
              assertThat(record.inbox()).as("told before the images are listed").isNull();
              assertThat(record.failure()).contains(parts);
            });
  }

  @Test
  void refusesACatalogThatIsNotThere() {
    assertRefused(
        "nowhere.quality.scores",
        "The table nowhere.quality.scores cannot be used: Spark has no catalog \"nowhere\"",
        "Set spark.sql.catalog.nowhere to the catalog's class",
        "--packages");
  }

  @Test
  void refusesACatalogWhoseJarIsMissing() {
    Workplace.SPARK.conf().set("spark.sql.catalog.unplugged", "org.example.MissingCatalog");

    assertRefused("unplugged.quality.scores", "org.example.MissingCatalog", "--packages");
  }

  @Test
  void refusesNamesThatAreNotOfATableInACatalog() {
    assertRefused("scores", "\"scores\" is no name of a table; it must be CATALOG.DATABASE.NAME");
    assertRefused("lake.my scores.x", "\"lake.my scores.x\" is no name of a table");
  }

  @Test
  void refusesTheCatalogOfPlainFiles() {
    assertRefused(
        "spark_catalog.default.dn2_scores",
        "Spark's own catalog spark_catalog keeps plain files",
        "such as Apache Iceberg");
  }

  @Test
  void noPasswordOfAnAddressIsKept() {
    assertThat(place.config("inbox { path = \"s3a://key:very-secret@bucket/in\" }").asText())
        .containsEntry("inbox.path", "s3a://***@bucket/in");
    assertThatThrownBy(
            () ->
                place.config(
                    "anomalies { jdbc-url = \"jdbc:postgresql://h/d?password=very-secret\" }"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("nightly.anomalies: jdbc-url holds a password")
        .hasMessageNotContaining("very-secret");
  }
}
