package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;

/** One of each kind of place that a command reads, as it should be. */
record GoodPlaces(Path home) {
  private static final String MARKER = "_DN2_RUN";

  static final List<String> NAMES =
      List.of(
          "backbone",
          "images",
          "splits",
          "packed",
          "embeddings",
          "detector",
          "scores",
          "evaluation",
          "labels.csv",
          "manifest.csv",
          "run.conf");

  /** Makes all of them by dn2's own commands. */
  static GoodPlaces in(Path home) throws IOException {
    GoodPlaces good = new GoodPlaces(home);
    TinyBackbone.write(good.at("backbone"), 1);
    Images.writeFolder(good.at("images/red"), 5, Color.RED, 5);
    Images.writeFolder(good.at("images/blue"), 3, Color.BLUE, 9);
    for (String split : List.of("train", "test")) {
      Images.writeFolder(good.at("splits/" + split + "/red"), 4, Color.RED, split.length());
      Images.writeFolder(good.at("splits/" + split + "/blue"), 4, Color.BLUE, split.length());
    }
    Files.writeString(good.at("manifest.csv"), "path,label\nimages/red/000.png,red\n");
    Files.writeString(
        good.at("labels.csv"), "image_id,label\nred/000.png,red\nblue/000.png,blue\n");
    Files.writeString(good.at("run.conf"), good.configuration());
    good.make("pack --input images --out packed");
    good.make("embed --input images --label-pattern ([^/]+)/ --model backbone --out embeddings");
    good.make("fit --embeddings embeddings --out detector --k 1");
    good.make(
        "score --embeddings embeddings --detector detector --run-date 2026-01-31 --out scores");
    good.make("evaluate --scores scores --normal-label red --out evaluation");
    return good;
  }

  Path at(String name) {
    return home.resolve(name);
  }

  /** Copies a place; its files may be changed, for its marker names none. */
  void copy(String name, Path to) throws IOException {
    FileUtils.copyDirectory(at(name).toFile(), to.toFile());
    if (Files.exists(to.resolve(MARKER))) {
      Files.writeString(to.resolve(MARKER), "first\n");
    }
  }

  private void make(String command) {
    CommandCall call = CommandCall.of(arguments(command, null));
    assertThat(call.exitCode()).as(command + ": " + call.errors()).isZero();
  }

  /**
   * A command's arguments; names of good places become their paths.
   *
   * @param given takes the place of {@code X}
   */
  List<String> arguments(String command, Path given) {
    return List.of(command.split(" ")).stream()
        .map(
            word ->
                word.equals("X")
                    ? given.toString()
                    : NAMES.contains(word) || word.equals("out") ? at(word).toString() : word)
        .toList();
  }

  private String configuration() {
    return """
        dn2 {
          output = "%s", model = "%s"
          train { path = "%s", label-pattern = "([^/]+)/" }
          test { path = "%s", label-pattern = "([^/]+)/" }
          fit { k = 1, threshold-quantile = 0.9 }
        }
        """
        .formatted(at("out"), at("backbone"), at("images"), at("images"));
  }
}
