package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.comparison.ComparisonOfMethods;
import org.dn2.features.FeatureMap;
import org.dn2.image.DecodeLimits;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs and outputs whose names mean something to Hadoop, Spark or a shell, and nothing here. */
class OddPathsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"run?", "x[1]", "s{a,b}", "12:30", "a*\\50%20#1 ü日😀"})
  void everyStepReadsWhatIsNamedAndNothingThatLooksLikeIt(String name) throws IOException {
    // What the patterns among the names would take as well.
    for (String neighbor : List.of("run1", "x1", "sa", "sb", "ab")) {
      Images.writeFolder(folder.resolve(neighbor).resolve("in"), 1, Color.BLUE, 1);
      Files.createDirectories(folder.resolve(neighbor).resolve("embedded/embeddings"));
      Files.writeString(folder.resolve(neighbor).resolve("embedded/embeddings/a.parquet"), "none");
    }
    Path home = Files.createDirectories(folder.resolve(name));
    Workplace plain = Workplace.in(folder);
    Workplace work = new Workplace(home, plain.model());
    Images.writeFolder(home.resolve("in/red"), 6, Color.RED, 7);
    Files.move(
        home.resolve("in/red/000.png"), home.resolve("in/red/" + name.replace('/', '_') + ".png"));
    assertThat(work.embed("in", "embedded").toString())
        .isEqualTo("6 listed, 6 embedded, 0 rejected");

    assertThat(
            new EmbeddingsStore(Workplace.SPARK).open(work.path("embedded")).embeddings().count())
        .isEqualTo(6);
    assertThat(new PackJob(Workplace.SPARK).run(packSettings(work, "in")).packed()).isEqualTo(6);
    assertThat(work.embed("packed", "of-table").embedded()).isEqualTo(6);
    new FitJob(Workplace.SPARK).run(work.fitSettings("embedded", "detector", 1));
    Dataset<Row> scores =
        new ScoreJob(Workplace.SPARK)
            .run(
                new ScoreJob.Settings(
                    work.path("of-table"),
                    work.path("detector"),
                    null,
                    work.path("scores"),
                    LocalDate.of(2026, 1, 1),
                    new RunId("first"),
                    ScoreJob.OtherDates.STAY,
                    SearchPlan.named("auto"),
                    SelfNeighbor.COUNTS));
    assertThat(scores.count()).isEqualTo(6);
    RunChoice newest = new RunChoice(null, null);
    assertThat(new EvaluateJob(Workplace.SPARK).open(work.path("scores"), newest).scores().count())
        .isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run?", "x[1]", "s{a,b}", "12:30", "[2024] line", "a*\\50%20#1 ü日😀"})
  void manifestsAndLabelsAreReadFromWhatIsNamed(String name) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Workplace plain = Workplace.in(folder);
    Workplace work = new Workplace(home, plain.model());
    Images.writeFolder(home.resolve("in"), 6, Color.RED, 7);
    Files.move(home.resolve("in/000.png"), home.resolve("in/" + name + ".png"));
    List<String> images = List.of(name + ".png", "001.png", "002.png", "003.png", "004.png");
    Files.writeString(home.resolve(name + ".csv"), "path\n" + quoted("in/", images, ""));
    // What the patterns among the names would take as well.
    for (String neighbor : List.of("run1", "x1", "sa", "sb", "2 line")) {
      Path other = Files.createDirectories(folder.resolve(neighbor));
      Files.writeString(other.resolve(name + ".csv"), "path\nnowhere.png\n");
      Files.writeString(home.resolve(neighbor + ".csv"), "path\nnowhere.png\n");
    }
    assertThat(work.embed(name + ".csv", "embedded").toString())
        .isEqualTo("5 listed, 5 embedded, 0 rejected");

    Path parts = Files.createDirectories(home.resolve("parts " + name));
    Files.writeString(
        parts.resolve(name + ".csv"), "path\n" + quoted(home + "/in/", images.subList(0, 2), ""));
    Files.writeString(
        parts.resolve("2.csv"), "path\n" + quoted(home + "/in/", images.subList(2, 5), ""));
    assertThat(new PackJob(Workplace.SPARK).run(packSettings(work, "parts " + name)))
        .hasToString("5 listed, 5 packed, 0 rejected");

    Files.writeString(
        home.resolve("labels " + name + ".csv"),
        "image_id,label\n"
            + quoted("in/", images.subList(0, 3), ",good")
            + quoted("in/", images.subList(3, 5), ",bad"));
    ComparisonOfMethods compared =
        new CompareJob(Workplace.SPARK)
            .run(
                new CompareJob.Settings(
                    List.of(work.path("embedded")),
                    List.of(),
                    work.path("labels " + name + ".csv"),
                    List.of("good"),
                    List.of(FeatureMap.NONE),
                    List.of(Distance.SQUARED_EUCLIDEAN),
                    List.of(1),
                    SearchPlan.AUTO,
                    new Destination(
                        work.path("compared " + name), new RunId("first"), ExistingOutput.KEEP)));
    assertThat(compared.normal()).isEqualTo(3);
    assertThat(compared.anomalous()).isEqualTo(2);
    assertThat(home.resolve("compared " + name)).isNotEmptyDirectory();
  }

  private static String quoted(String folder, List<String> names, String rest) {
    StringBuilder rows = new StringBuilder();
    names.forEach(name -> rows.append("\"%s%s\"%s\n".formatted(folder, name, rest)));
    return rows.toString();
  }

  private static PackJob.Settings packSettings(Workplace work, String input) {
    return new PackJob.Settings(
        Workplace.images(work.path(input)).allowing(List.of(work.path("in"))),
        DecodeLimits.DEFAULT,
        0,
        new Destination(work.path("packed"), new RunId("first"), ExistingOutput.KEEP));
  }

  @Test
  void localFilesAreWrittenWithoutChecksumFilesAndStaleOnesDoNotMatter() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 3, Color.RED, 7);
    work.embed("in", "out");
    try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().endsWith(".crc"));
    }
    byte[] stale = {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 1, 1, 1};
    Files.write(folder.resolve("in/.000.png.crc"), stale);
    Files.writeString(folder.resolve("in.csv"), "path\nin/000.png\n");
    Files.write(folder.resolve(".in.csv.crc"), stale);
    for (Path file : List.of(folder.resolve("out/embeddings"), folder.resolve("out"))) {
      try (Stream<Path> files = Files.list(file)) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          Files.write(each.resolveSibling("." + each.getFileName() + ".crc"), stale);
        }
      }
    }

    assertThat(work.embed("in", "again").embedded()).isEqualTo(3);
    assertThat(work.embed("in.csv", "of-manifest").embedded()).isEqualTo(1);
    assertThat(new EmbeddingsStore(Workplace.SPARK).open(work.path("out")).embeddings().count())
        .isEqualTo(3);
  }

  @Test
  void anInputIsNeverReplaced() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("photos/in"), 3, Color.RED, 7);
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("photos/in"));
    for (String output : List.of("photos/in", "photos", "photos/in/out", "link", "link/out")) {
      for (ExistingOutput existing : ExistingOutput.values()) {
        Destination destination = new Destination(work.path(output), new RunId("first"), existing);
        assertThatThrownBy(
                () ->
                    new EmbedJob(Workplace.SPARK)
                        .run(
                            new EmbedJob.Settings(
                                Workplace.images(work.path("photos/in")),
                                work.model(),
                                Workplace.embedding(4),
                                0,
                                destination)))
            .isInstanceOf(UserDataException.class)
            .hasMessageContaining(work.path(output))
            .hasMessageContaining(" the input " + work.path("photos/in"));
        assertThatThrownBy(
                () ->
                    new PackJob(Workplace.SPARK)
                        .run(
                            new PackJob.Settings(
                                Workplace.images(work.path("photos/in")),
                                DecodeLimits.DEFAULT,
                                0,
                                destination)))
            .isInstanceOf(UserDataException.class)
            .hasMessageContaining(" the input " + work.path("photos/in"));
      }
    }
    assertThat(work.names("photos/in")).containsExactly("000.png", "001.png", "002.png");
  }
}
