package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.dn2.image.ImageInput;
import org.dn2.model.BackboneImport;
import org.dn2.model.TinyBackbone;
import org.dn2.reproduction.Experiment;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be told before the first image is embedded is told then, and nothing is left behind. */
class EarlyChecksTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 25);

  @TempDir Path folder;
  private Workplace work;

  /** Would fail in another way, were an image embedded. */
  private BackboneFolder unusable;

  @BeforeEach
  void makeImages() throws IOException {
    work = Workplace.in(folder);
    unusable = new BackboneFolder(work.model().spec(), folder.resolve("model/no such file"));
    Images.writeFolder(folder.resolve("train/red"), 12, Color.RED, 5);
    Images.writeFolder(folder.resolve("test/red"), 6, Color.RED, 8);
    Images.writeFolder(folder.resolve("test/blue"), 5, Color.BLUE, 9);
  }

  private RunJob.Result run(BackboneFolder model, String id, String... settings)
      throws IOException {
    Path conf = folder.resolve("run.conf");
    Files.writeString(
        conf,
        """
        dn2 {
          output = "%1$s/out"
          model = "%1$s/model"
          train { path = "%1$s/train", label-pattern = "([^/]+)/[^/]+$" }
          test { path = "%1$s/test", label-pattern = "([^/]+)/[^/]+$" }
          fit { threshold-quantile = 0.9, features = none }
          evaluate { normal-labels = ["red"] }
        }
        %2$s
        """
            .formatted(folder, String.join("\n", settings)));
    return new RunJob(Workplace.SPARK)
        .run(
            new RunJob.Settings(
                RunConfig.read(conf.toFile()),
                model,
                DAY,
                ScoreJob.OtherDates.STAY,
                new RunId(id),
                ExistingOutput.KEEP));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String... settings)
      throws IOException {
    List<String> before = work.names("");
    AbstractThrowableAssert<?, ? extends Throwable> refused =
        assertThatThrownBy(() -> run(unusable, "one", settings))
            .isInstanceOf(UserDataException.class);
    assertThat(work.names("")).containsAll(before).doesNotContain("out");
    assertThat(work.names("")).noneMatch(name -> name.startsWith(".out"));
    return refused;
  }

  @Test
  void aRunSaysWhichSettingCannotBeUsed() throws IOException {
    assertRefused("dn2.fit.threshold-quantile = 99")
        .hasMessageContaining("The threshold's quantile is 99.0; it must be above 0 and below 1");
    assertRefused("dn2.fit.k = 12")
        .hasMessage(
            "12 neighbors judge each image, which takes one image more, but there are only 12 images in %s/train. Give more images, or a smaller number."
                .formatted(folder));
    assertRefused("dn2.fit.clean = 0.5", "dn2.fit.k = 6")
        .hasMessageContaining("there are only 12 images in ")
        .hasMessageContaining(", of which cleaning leaves 6.");
    assertRefused("dn2.fit.centers = 13").hasMessageStartingWith("13 centers were asked for, but");
    assertRefused("dn2.fit.whiten = 7")
        .hasMessageContaining("needs 14 images or more, there are 12");
    assertRefused("dn2.fit.whiten = 9").hasMessageContaining("but an embedding has 8 numbers");
    assertRefused("dn2.fit.pool = mean")
        .hasMessageStartingWith("Groups are to be scored, but 12 of 12 images in ")
        .hasMessageContaining("belong to none, red/000.png among them.");
  }

  @Test
  void aRunSaysWhichLabelsDoNotFit() throws IOException {
    assertRefused("dn2.evaluate.normal-labels = [red, gren]")
        .hasMessage(
            "No image in %s/test has the normal label gren; the labels are: blue, red."
                .formatted(folder));
    assertRefused("dn2.evaluate.normal-labels = [red, blue]")
        .hasMessageStartingWith("ROCAUC needs normal and anomalous images, but all in ");
    assertRefused("dn2.test.label-pattern = null")
        .hasMessageContaining("An evaluation needs a label for each image, but 11 of 11 in ");
    assertRefused(
            "dn2.fit.pool = mean",
            "dn2.train.group-pattern = \"([0-9])[.]png\"",
            "dn2.test.group-pattern = \"([0-9])[.]png\"")
        .hasMessageContaining(
            "An evaluation of groups needs one label for each, but the images of the group 0 in ");
    assertRefused("dn2.train.labels = [red, gren]")
        .hasMessageContaining(
            "has the label gren; of the labels that are asked for there are: red.");
  }

  @Test
  void aRunSaysThatTheTestImagesAreNotThereBeforeItEmbedsTheTrainingImages() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    assertRefused("dn2.test.path = \"%s/empty\"".formatted(folder))
        .hasMessageStartingWith("No images were found at ");
    assertRefused("dn2.test.path = \"%s/nowhere\"".formatted(folder))
        .hasMessageStartingWith("There is nothing at ");
  }

  @Test
  void aRunLooksAtItsDetectorFirst() throws IOException {
    assertRefused("dn2.detector = \"%s/detector\"".formatted(folder))
        .hasMessageStartingWith("There is no detector in ");
    TinyBackbone.write(folder.resolve("other"), 2);
    Workplace other = new Workplace(folder, Workplace.openModel(folder.resolve("other")));
    other.embed("train", "embedded");
    new FitJob(Workplace.SPARK).run(other.fitSettings("embedded", "detector", 2));
    assertRefused("dn2.detector = \"%s/detector\"".formatted(folder))
        .hasMessageContaining("The images would be embedded by the model tiny-1 ")
        .hasMessageContaining("other weights");
  }

  @Test
  void aRunLooksAtAllPlacesFirstAndOneThatWasMendedNeedsNothingSpecial() throws IOException {
    assertRefused("dn2.evaluate.normal-labels = [gren]");
    assertThat(run(work.model(), "two").evaluation().overall().rocAuc()).isGreaterThan(0.5);
    assertThatThrownBy(() -> run(unusable, "three"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("is there already, written by the run two");
    Path other = folder.resolve("other-out");
    Files.createDirectories(other);
    Files.move(folder.resolve("out/evaluation"), other.resolve("evaluation"));
    assertThatThrownBy(
            () -> run(unusable, "three", "dn2.output = \"%s/other-out\"".formatted(folder)))
        .as("the last step's place")
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("/evaluation is there already, written by the run two");
    assertThat(work.names("other-out")).containsExactly("evaluation");
  }

  @Test
  void imagesThatAreScoredBecomeGroupsOrAreRefusedBeforeTheyAreEmbedded() {
    EmbedJob.Settings given = work.embedSettings("test", "embedded", "one");
    EmbedJob.Settings images =
        new EmbedJob.Settings(
            given.input(), unusable, given.embedding(), given.maxRejectFraction(), given.output());
    assertThatThrownBy(() -> new ScoreRun(Workplace.SPARK).run(images, scores(null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("Groups are to be scored, but 11 of 11 images in ");
    assertThatThrownBy(
            () -> new ScoreRun(Workplace.SPARK).run(images, scores(work.path("nowhere"))))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no detector in ");
    assertThat(folder.resolve("embedded")).doesNotExist();
  }

  private ScoreJob.Settings scores(String detector) {
    return new ScoreJob.Settings(
        work.path("embedded"),
        detector,
        null,
        work.path("scores"),
        DAY,
        new RunId("one"),
        ScoreJob.OtherDates.STAY,
        SearchPlan.AUTO,
        SelfNeighbor.COUNTS);
  }

  @Test
  void aDetectorIsNotFittedToSomeOfTheLabelsOnly() {
    work.embed("test", "embedded");
    FitJob.Settings given = work.fitSettings("embedded", "detector", 1);
    assertThatThrownBy(
            () ->
                new FitJob(Workplace.SPARK)
                    .run(
                        new FitJob.Settings(
                            given.embeddings(),
                            List.of("red", "gren"),
                            given.method(),
                            given.threshold(),
                            given.output())))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has a label among [gren]; there are: blue, red.");
  }

  @Test
  void aReproductionLooksAtBothSplitsOfAllDatasetsFirst() throws IOException {
    for (String place : List.of("a/train/red", "a/test/red", "b/train/red")) {
      Images.writeFolder(folder.resolve("data/" + place), 3, Color.RED, 7);
    }
    Files.createDirectories(folder.resolve("data/b/test/red"));
    new BackboneImport(folder.resolve("pixels")).rawPixels(8);
    ReproduceJob.Settings settings =
        new ReproduceJob.Settings(
            EnumSet.of(Experiment.UNIMODAL),
            work.path("data"),
            List.of(unusable),
            List.of(),
            Workplace.openModel(folder.resolve("pixels")),
            Workplace.embedding(4),
            0,
            0,
            new Destination(work.path("out"), new RunId("one"), ExistingOutput.KEEP));
    assertThatThrownBy(() -> new ReproduceJob(Workplace.SPARK).run(settings))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("No images were found at ");
    Images.writeFolder(folder.resolve("data/b/test"), 2, Color.RED, 7);
    assertThatThrownBy(() -> new ReproduceJob(Workplace.SPARK).run(settings))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("/b/test a label, such as 000.png.");
  }

  @Test
  void aPatternThatMatchesNothingIsAnErrorOfTheListing() {
    ImageInput wrong =
        new ImageInput(
            work.path("test"),
            ImageInput.Format.AUTO,
            "^label=([^/]+)/",
            null,
            null,
            List.of(),
            null,
            null);
    EmbedJob.Settings given = work.embedSettings("test", "embedded", "one");
    assertThatThrownBy(
            () ->
                new EmbedJob(Workplace.SPARK)
                    .run(
                        new EmbedJob.Settings(
                            wrong, unusable, given.embedding(), 0, given.output())))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The label pattern ^label=([^/]+)/ gives none of the 11 images at ")
        .hasMessageContaining(" a label, such as blue/000.png.");
    assertThat(folder.resolve("embedded")).doesNotExist();
  }
}
