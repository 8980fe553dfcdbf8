package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindCommandTest {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"findings\">(.*?)</script>");

  @TempDir static Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    TinyBackbone.write(folder.resolve("model"), 1);
    Images.writeFolder(folder.resolve("normal"), 30, Color.RED, 1);
    Images.writeFolder(folder.resolve("mixed"), 27, Color.RED, 100);
    Images.writeFolder(folder.resolve("mixed/strays"), 2, Color.BLUE, 200);
    Files.copy(folder.resolve("mixed/003.png"), folder.resolve("mixed/copy of 003.png"));
    Files.writeString(folder.resolve("mixed/broken.jpg"), "no picture");
  }

  private static CommandCall find(String... options) {
    return CommandCall.of(
        Stream.concat(
                Stream.of("find", "--model", folder.resolve("model").toString()),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode page(String output) throws IOException {
    Matcher data =
        DATA.matcher(
            Files.readString(folder.resolve(output).resolve("report/strange-images.html")));
    assertThat(data.find()).isTrue();
    return new ObjectMapper().readTree(data.group(1));
  }

  private static List<String> ids(JsonNode page, String kind) {
    List<String> ids = new ArrayList<>();
    for (JsonNode image : page.get("images")) {
      for (JsonNode one : image.get("kinds")) {
        if (one.asText().equals(kind)) {
          ids.add(image.get("id").asText());
        }
      }
    }
    return ids;
  }

  @Test
  void newImagesAreJudgedByNormalOnes() throws IOException {
    CommandCall call =
        find("--normal", path("normal"), "--new", path("mixed"), "--out", path("found"));

    assertThat(call.exitCode()).as(call.errors()).isZero();
    assertThat(call.output())
        .contains("Page: " + folder.resolve("found/report/strange-images.html"))
        .contains("Images: 31 listed, 30 embedded, 1 rejected");
    List<String> strangest = call.output().lines().filter(line -> line.contains(" <- ")).toList();
    assertThat(strangest).hasSize(6); // A head and five images.
    assertThat(strangest.subList(1, 3)).allMatch(line -> line.contains("strays/"));
    JsonNode page = page("found");
    assertThat(page.at("/run/rejected").asLong()).isEqualTo(1);
    assertThat(page.get("settings").findValuesAsText("name")).contains("Took", "Backbone");
    assertThat(page.at("/run").has("deviations")).isFalse();
    assertThat(page.at("/run/expectedRate").asDouble()).isPositive();
    assertThat(page.at("/title").asText())
        .isEqualTo("Strange images in " + folder.getFileName() + "/mixed");
  }

  @Test
  void imagesOfOneFolderAreJudgedByEachOther() throws IOException {
    CommandCall call = find("--images", path("mixed"), "--out", path("among"));

    assertThat(call.exitCode()).as(call.errors()).isZero();
    assertThat(call.output()).contains("Images: 31 listed, 30 embedded, 1 rejected");
    JsonNode page = page("among");
    assertThat(page.at("/run/deviations").asDouble()).isEqualTo(2.5);
    assertThat(page.at("/run").has("expectedRate")).isFalse();
    assertThat(page.at("/run/images").asLong()).isEqualTo(30);
    assertThat(ids(page, "STRANGEST").subList(0, 2))
        .containsExactlyInAnyOrder("strays/000.png", "strays/001.png");
    assertThat(page.get("images").get(0).get("anomaly").asBoolean()).isTrue();
    for (JsonNode image : page.get("images")) {
      for (JsonNode near : image.get("nearest")) {
        assertThat(near.get("id")).isNotEqualTo(image.get("id"));
      }
    }
    assertThat(ids(page, "COPY")).contains("003.png", "copy of 003.png");
    assertThat(page.at("/run/copies").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(page.at("/rejects/0/examples/0/id").asText()).isEqualTo("broken.jpg");

    CommandCall again = find("--images", path("mixed"), "--out", path("among"));
    assertThat(again.exitCode()).as(again.errors()).isZero();
    assertThat(page("among").get("images")).isEqualTo(page.get("images"));

    CommandCall other = find("--images", path("normal"), "--out", path("among"));
    assertThat(other.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(other.errors()).contains("of other images. Overwrite it, or name another folder.");
  }

  @Test
  void aLimitTakesSomeOfTheImages() throws IOException {
    CommandCall call = find("--images", path("normal"), "--limit", "10", "--out", path("limited"));
    assertThat(call.exitCode()).as(call.errors()).isZero();
    assertThat(call.output()).contains("Images: 10 listed, 10 embedded, 0 rejected");
    CommandCall none = find("--images", path("normal"), "--limit", "0");
    assertThat(none.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(none.errors()).contains("The limit of images is 0; it must be 1 or more");
  }

  @Test
  void twoImagesAreTooFewToJudgeEachOther() throws IOException {
    Images.writeFolder(folder.resolve("two"), 2, Color.RED, 1);
    CommandCall call = find("--images", path("two"), "--out", path("of-two"));
    assertThat(call.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(call.errors())
        .contains(
            "2 neighbors judge each image, which takes one image more, but there are only 2 images");
  }

  @Test
  void mistakesOnTheCommandLineAreNamed() {
    assertThat(find("--normal", path("normal")).exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(find("--images", "a", "--normal", "b", "--new", "c").exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(find("--images", "a", "--precision", "fp32").exitCode()).isEqualTo(ExitCode.USAGE);
    CommandCall missing = find("--images", path("nowhere"));
    assertThat(missing.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(missing.errors()).contains("nowhere");
  }

  @Test
  void theOutputIsNamedAfterTheFolder() {
    assertThat(FindCommand.name("/data/new photos/")).isEqualTo("new-photos");
    assertThat(FindCommand.name("s3a://bucket/in.parquet")).isEqualTo("in.parquet");
    assertThat(FindCommand.name("größe")).isEqualTo("größe");
    assertThat(FindCommand.name("/")).isEqualTo("images");
    assertThat(FindCommand.name("..")).isEqualTo("images");
  }
}
