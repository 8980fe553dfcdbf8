package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dn2.embedding.ComputeDevice;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.image.ImageInput;
import org.dn2.image.View;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunConfigTest {
  @TempDir Path folder;

  private RunConfig read(String text) throws IOException {
    return RunConfig.read(Files.writeString(folder.resolve("run.conf"), text).toFile());
  }

  @Test
  void whatIsNotGivenHasItsDefault() throws IOException {
    RunConfig config = read("dn2 { output = out, train.path = in, test.path = new, fit.k = 3 }");

    assertThat(config.output()).isEqualTo("out");
    assertThat(config.scores()).isEqualTo("out/scores");
    assertThat(config.model()).isEqualTo("default");
    assertThat(config.device()).isEqualTo(ComputeDevice.CPU);
    assertThat(config.batchSize()).isEqualTo(16);
    assertThat(config.maxRejectFraction()).isEqualTo(0.1);
    assertThat(config.method()).isEqualTo(FitMethod.PAPER.withK(3).with(FeatureChoice.OF_BACKBONE));
    assertThat(config.views()).isNull();
    assertThat(config.threshold().given()).isEmpty();
    assertThat(config.threshold().quantile()).isEqualTo(0.99);
    assertThat(config.normalLabels()).isEmpty();
    assertThat(config.train()).isEqualTo(ImageInput.of("in"));
    assertThat(config.test()).isEqualTo(ImageInput.of("new"));
  }

  @Test
  void aGivenDetectorNeedsNoTrainingImages() throws IOException {
    RunConfig config =
        read("dn2 { output = out, detector = d, scores = s, test { path = x, format = table } }");
    assertThat(config.train()).isNull();
    assertThat(config.detector()).isEqualTo("d");
    assertThat(config.scores()).isEqualTo("s");
    assertThat(config.test().format()).isEqualTo(ImageInput.Format.TABLE);
  }

  @Test
  void theExamplesCanBeRead() {
    RunConfig demo = RunConfig.read(new File("conf/demo.conf"));
    assertThat(demo.train().labels()).containsExactly("sneaker");
    assertThat(demo.normalLabels()).containsExactly("sneaker");
  }

  @Test
  void featuresCleaningAndViewsMayBeSet() throws IOException {
    RunConfig config =
        read(
            """
            dn2 {
              output = out, train.path = in, test.path = new, views = [center, whole-mirror]
              fit { features = root-l2, whiten = 64, whiten-ridge = 0.2 }
              fit { clean = 0.3, clean-k = 7, clean-rounds = until-settled }
            }
            """);
    assertThat(config.views()).containsExactly(View.CENTER, View.WHOLE_MIRROR);
    assertThat(config.method().features())
        .isEqualTo(new FeatureChoice(FeatureMap.ROOT_L2, new WhiteningFit(64, 0.2)));
    assertThat(config.method().cleaning())
        .isEqualTo(new Cleaning(0.3, 7, Cleaning.Rounds.UNTIL_SETTLED));
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x, fit.features = cube }"))
        .hasMessageContaining("There is no feature map cube; there are none, l2,");
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x, views = [left] }"))
        .hasMessageContaining("There is no view \"left\"; there are center, mirror,");
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x, fit.clean-k = 0 }"))
        .hasMessageContaining("The number of neighbors that clean is 0; it must be 1 or more.");
  }

  @Test
  void mistakesAreNamed() throws IOException {
    assertThatThrownBy(() -> RunConfig.read(new File("no.conf")))
        .isInstanceOf(UserDataException.class)
        .hasMessage("There is no configuration file no.conf. The folder conf holds examples.");
    assertThatThrownBy(
            () -> read("dn2 { output = o, test.path = x, train.path = y, fit.kk = 2, bach = 1 }"))
        .hasMessageContaining("has the unknown settings dn2.bach, dn2.fit.kk.");
    assertThatThrownBy(() -> read("dn2 { output = o, test.path = x }"))
        .hasMessageContaining("it names neither dn2.train.path nor dn2.detector.");
    assertThat(read("dn2 { output = o, train.path = x }").isAmongThemselves()).isTrue();
    assertThatThrownBy(() -> read("dn2 { output = o, detector = x }")).hasMessageContaining("path");
    assertThatThrownBy(() -> read("dn2 { test.path = o, train.path = x }"))
        .hasMessageContaining("output");
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x, device = tpu }"))
        .hasMessageContaining("\"tpu\" is not one of cpu, gpu.");
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x, batch-size = many }"))
        .hasMessageContaining("batch-size");
    assertThatThrownBy(() -> read("dn2 { output = ")).hasMessageContaining("cannot be used");
    assertThatThrownBy(() -> read("other = 1")).hasMessageContaining("it has no section dn2.");
  }

  @Test
  void valuesThatACommentCutsAreRefused() {
    for (String path : List.of("/data//normal", "/data/#1", "${HOME}//x", "${HOME}/a#b")) {
      assertThatThrownBy(
              () -> read("dn2 { output = o\n train.path = %s\n test.path = x }".formatted(path)))
          .as(path)
          .isInstanceOf(UserDataException.class)
          .hasMessageContaining("line 2: \"")
          .hasMessageContaining("Put the value into quotation marks");
    }
  }

  @Test
  void commentsAndQuotedPathsPass() throws IOException {
    RunConfig config =
        read(
            """
            # http://one.two/#three
            dn2 { // all
              output = "/data//x#1" # see a//b
              train.path = \"""/a//b "c" # d\""" // e
              test.path = ${HOME}"//x"
              views = [center]// f
            }# g
            """);
    assertThat(config.output()).isEqualTo("/data//x#1");
    assertThat(config.train().path()).isEqualTo("/a//b \"c\" # d");
    assertThat(config.test().path()).isEqualTo(System.getenv("HOME") + "//x");
  }

  @Test
  void substitutionsInQuotationMarksAreRefused() {
    assertThatThrownBy(() -> read("dn2 { output = o, train.path = x\n test.path = \"${HOME}/x\" }"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("line 2: test.path is \"${HOME}/x\", in which nothing is put")
        .hasMessageContaining("as in ${HOME}\"/images\".");
  }

  @Test
  void fractionsAreNoWholeNumbersAndLinesAreTheUsersOwn() throws IOException {
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x\nbatch-size = 16.5 }"))
        .hasMessageContaining("line 2: batch-size is 16.5; it must be a whole number.");
    assertThatThrownBy(() -> read("dn2 { output = o, detector = x }"))
        .hasMessageEndingWith("it has no value for dn2.test.path.");
    assertThatThrownBy(
            () -> read("dn2 { output = o, train.path = x, test.path = x, model = null }"))
        .isInstanceOf(UserDataException.class)
        .hasMessageNotContaining("jar");
  }
}
