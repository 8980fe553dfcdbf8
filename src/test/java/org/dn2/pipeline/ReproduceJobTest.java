package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.model.BackboneImport;
import org.dn2.model.TinyBackbone;
import org.dn2.reproduction.Experiment;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproduceJobTest {
  @TempDir Path folder;

  private void writeDataset(String name) throws IOException {
    for (String split : List.of("train", "test")) {
      int seed = split.length();
      Images.writeFolder(folder.resolve(name + "/" + split + "/red"), 12, Color.RED, seed);
      Images.writeFolder(folder.resolve(name + "/" + split + "/blue"), 11, Color.BLUE, seed + 9);
    }
  }

  private ReproduceJob.Settings settings(String data, Set<Experiment> experiments, int perClass) {
    Workplace work = Workplace.in(folder);
    Path other = folder.resolve("other");
    Path pixels = folder.resolve("pixels");
    if (!Files.exists(pixels)) {
      TinyBackbone.write(other, 2);
      new BackboneImport(pixels).rawPixels(8);
    }
    return new ReproduceJob.Settings(
        experiments,
        work.path(data),
        List.of(work.model(), Workplace.openModel(other)),
        List.of(),
        Workplace.openModel(pixels),
        Workplace.embedding(4),
        0,
        perClass,
        new Destination(work.path("out"), new RunId("first"), ExistingOutput.KEEP));
  }

  @Test
  void measuresEverythingAndEmbedsOnce() throws IOException {
    writeDataset("colors");
    ReproduceJob job = new ReproduceJob(Workplace.SPARK);
    String report = job.run(settings("colors", EnumSet.allOf(Experiment.class), 0));

    assertThat(report)
        .contains("# The paper's experiments, measured again")
        .contains("23 training images of 2 classes, 23 test images of 2 classes.")
        .contains("flowers102: One class normal, the others anomalous: there were no images of it")
        .doesNotContain("SUBSET");
    Dataset<Row> measurements =
        Workplace.SPARK.read().parquet(folder.resolve("out/report/measurements").toString());
    assertThat(
            measurements.select("experiment").distinct().collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactlyInAnyOrder(
            "unimodal",
            "multimodal",
            "neighbors",
            "few-shot",
            "impurity",
            "centers",
            "groups",
            "group-spread",
            "rivals");
    assertThat(measurements.filter("roc_auc between 0 and 1").count())
        .isEqualTo(measurements.count());
    assertThat(measurements.filter("experiment = 'unimodal'").select("backbone").distinct().count())
        .isEqualTo(2);
    assertThat(measurements.filter("experiment = 'rivals'").select("setting").distinct().count())
        .isEqualTo(4);
    assertThat(
            measurements
                .filter("experiment = 'unimodal'")
                .filter("roc_auc_low <= roc_auc and roc_auc <= roc_auc_high")
                .count())
        .isEqualTo(measurements.filter("experiment = 'unimodal'").count());
    assertThat(measurements.filter("experiment = 'groups' and roc_auc_low is not null").count())
        .isZero();
    WrittenTables.require(
        folder.resolve("out/report"),
        "Measurements of a reproduction",
        "Figures of a reproduction");
    String html = Files.readString(folder.resolve("out/report/report.html"));
    assertThat(html).contains("id=\"planes\"", "not measured here");
    assertThat(folder.resolve("out/report/report.md")).content().isEqualTo(report);

    Path embedded = folder.resolve("out/embeddings/colors/tiny-1/train/_DN2_RUN");
    FileTime written = Files.getLastModifiedTime(embedded);
    assertThat(job.run(settings("colors", EnumSet.allOf(Experiment.class), 0))).isEqualTo(report);
    assertThat(Files.getLastModifiedTime(embedded)).isEqualTo(written);
  }

  @Test
  void aSubsetSaysSoAndEveryDatasetOfAFolderIsTaken() throws IOException {
    writeDataset("data/one");
    writeDataset("data/wbc");
    String report =
        new ReproduceJob(Workplace.SPARK).run(settings("data", EnumSet.of(Experiment.UNIMODAL), 5));
    assertThat(report)
        .contains("SUBSET: at most 5 training images of each class")
        .contains("## one: One class normal, the others anomalous")
        .contains("## wbc: One class normal, the others anomalous")
        .contains("| 82.9 |")
        .contains("Not like with like: 2 of the paper's 4 classes.")
        .contains("10 training images of 2 classes, 23 test images of 2 classes (a subset).");

    Dataset<Row> average =
        Workplace.SPARK
            .read()
            .parquet(folder.resolve("out/report/figures").toString())
            .filter("dataset = 'wbc' and line = 'average'");
    Row published = average.filter("is_published and method = 'DN2'").head();
    assertThat(published.<Double>getAs("roc_auc_percent")).isEqualTo(82.9);
    assertThat(published.<String>getAs("backbone")).isNull();
    Row ours = average.filter("difference_points is not null").head();
    assertThat(ours.<Double>getAs("difference_points"))
        .isEqualTo(ours.<Double>getAs("roc_auc_percent") - 82.9);
    assertThat(
            new ObjectMapper()
                .readTree(folder.resolve("out/report/figures.json").toFile())
                .findValuesAsText("method"))
        .contains("DN2");
  }

  @Test
  void whatCannotBeMeasuredIsSaid() throws IOException {
    writeDataset("one-class");
    try (var files = Files.walk(folder.resolve("one-class/train/blue"))) {
      files.filter(Files::isRegularFile).forEach(file -> file.toFile().delete());
    }
    String report =
        new ReproduceJob(Workplace.SPARK)
            .run(settings("one-class", EnumSet.of(Experiment.UNIMODAL, Experiment.MULTIMODAL), 0));
    assertThat(report)
        .contains(
            "one-class: One class anomalous, the others normal: left out, it needs training images"
                + " of two classes or more");

    Files.createDirectories(folder.resolve("nothing"));
    assertThatThrownBy(
            () ->
                new ReproduceJob(Workplace.SPARK)
                    .run(settings("nothing", EnumSet.of(Experiment.UNIMODAL), 0)))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no dataset in ");
    assertThatThrownBy(() -> Experiment.named("table9"))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no experiment table9; there are all, table1, ");
  }
}
