package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.commons.io.FileUtils;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.model.TinyBackbone;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page shows what was embedded, wherever its pixels lie. */
class ShownImagesTest {
  private static final RunId RUN = new RunId("first");
  private static final int NORMAL = 10;
  private static final int SCORED = 5;

  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void open() {
    TinyBackbone.writeWithStages(folder.resolve("model"), 1);
    work = Workplace.in(folder);
  }

  private void packed(String input, String output) throws IOException {
    packed(folder.resolve(input), folder.resolve(output));
  }

  private static void packed(Path input, Path output) throws IOException {
    new PackJob(Workplace.SPARK)
        .run(
            new PackJob.Settings(
                ImageInput.of(input.toString()),
                DecodeLimits.DEFAULT,
                0,
                new Destination(output.toString(), RUN, ExistingOutput.KEEP)));
    FileUtils.deleteDirectory(input.toFile());
  }

  private void scored(String normal, String images) {
    work.embed(normal, "normal-embedded");
    work.embed(images, "images-embedded");
    new FitJob(Workplace.SPARK).run(work.fitSettings("normal-embedded", "detector", 2));
    new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                work.path("images-embedded"),
                work.path("detector"),
                null,
                work.path("scores"),
                LocalDate.of(2026, 11, 27),
                RUN,
                ScoreJob.OtherDates.STAY,
                SearchPlan.AUTO,
                SelfNeighbor.COUNTS));
  }

  private JsonNode page(String name, BackboneFolder heatMapsBy) throws IOException {
    ReportJob job = new ReportJob(Workplace.SPARK);
    Path page =
        Path.of(
            job.run(
                    job.open(work.path("scores"), RunChoice.NEWEST),
                    new ReportJob.Settings(
                        work.path("scores"),
                        work.path("detector"),
                        work.path("images-embedded"),
                        List.of(),
                        null,
                        heatMapsBy,
                        null,
                        new Destination(work.path(name), RUN, ExistingOutput.KEEP)))
                .toUri()
                .getPath());
    return findings(page);
  }

  private static JsonNode findings(Path page) throws IOException {
    String html = Files.readString(page);
    String begin = "id=\"findings\">";
    int start = html.indexOf(begin) + begin.length();
    return new ObjectMapper().readTree(html.substring(start, html.indexOf("</script>", start)));
  }

  private static BufferedImage picture(JsonNode page, JsonNode of) throws IOException {
    assertThat(of.path("picture").isInt()).as("%s has a picture", of.path("id")).isTrue();
    return ImageIO.read(
        new ByteArrayInputStream(
            Base64.getDecoder()
                .decode(page.path("pictures").path(of.path("picture").asInt()).asText())));
  }

  private static void requireMostly(Color color, BufferedImage picture) {
    double[] sums = new double[3];
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        Color pixel = new Color(picture.getRGB(x, y));
        sums[0] += pixel.getRed();
        sums[2] += pixel.getBlue();
      }
    }
    assertThat(color.equals(Color.RED) ? sums[0] - sums[2] : sums[2] - sums[0]).isPositive();
  }

  private static Color colorOf(JsonNode image) {
    return image.path("id").asText().startsWith("blue") ? Color.BLUE : Color.RED;
  }

  private void requirePicturesOfEach(JsonNode page) throws IOException {
    assertThat(page.path("images").size()).isEqualTo(SCORED);
    for (JsonNode image : page.path("images")) {
      requireMostly(colorOf(image), picture(page, image));
      assertThat(image.path("nearest").size()).isEqualTo(2);
      for (JsonNode near : image.path("nearest")) {
        requireMostly(Color.RED, picture(page, near));
      }
    }
  }

  @Test
  void imagesInTablesHaveTheirPicturesAndHeatMaps() throws IOException {
    Images.writeFolder(folder.resolve("normal/red"), NORMAL, Color.RED, 100);
    Images.writeFolder(folder.resolve("images/red"), 2, Color.RED, 300);
    Images.writeFolder(folder.resolve("images/blue"), 3, Color.BLUE, 500);
    packed("normal", "normal-table");
    packed("images", "images-table");
    scored("normal-table", "images-table");

    JsonNode page = page("page", work.model());

    requirePicturesOfEach(page);
    assertThat(page.path("heatMaps").path("normals").asInt()).isEqualTo(NORMAL);
    for (JsonNode overlay : page.path("heatMaps").path("overlays")) {
      assertThat(overlay.isTextual()).isTrue();
    }

    FileUtils.deleteDirectory(folder.resolve("normal-table").toFile());
    JsonNode without = page("page-without", null);
    assertThat(without.path("images").size()).isEqualTo(SCORED);
    for (JsonNode image : without.path("images")) {
      requireMostly(colorOf(image), picture(without, image));
      assertThat(image.path("nearest").path(0).has("picture")).isFalse();
    }
  }

  @Test
  void theNightsPageShowsImagesOfATable() throws IOException {
    NightlyPlace place = NightlyPlace.in(folder);
    FileUtils.deleteDirectory(place.inbox().toFile());
    Images.writeFolder(place.normal(), NORMAL, Color.RED, 100);
    Images.writeFolder(folder.resolve("images/red"), 2, Color.RED, 300);
    Images.writeFolder(folder.resolve("images/blue"), 3, Color.BLUE, 500);
    packed(folder.resolve("images"), place.inbox());

    place.run("2026-11-27", NightlyConfig.Choice.PAGE);

    requirePicturesOfEach(
        findings(
            Path.of(place.plant())
                .resolve("pages/run_date=2026-11-27/run_id=2026-11-27/strange-images.html")));
  }

  @Test
  void partsOfFilesAreShownAloneAsTheyWereEmbedded() throws IOException {
    BufferedImage halves = new BufferedImage(64, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 64; x++) {
      for (int y = 0; y < 30; y++) {
        halves.setRGB(x, y, (x < 40 ? Color.RED : Color.BLUE).getRGB());
      }
    }
    Files.createDirectories(folder.resolve("files"));
    ImageIO.write(halves, "png", folder.resolve("files/halves.png").toFile());
    List<String> normal = new ArrayList<>();
    for (int i = 0; i < NORMAL; i++) {
      normal.add("red-%d,halves.png,%d,0,20,20".formatted(i, i));
    }
    manifest("normal.csv", normal);
    manifest(
        "images.csv",
        List.of(
            "red-1,halves.png,3,2,20,20",
            "red-2,halves.png,4,3,20,24",
            "blue-1,halves.png,41,0,20,30",
            "blue-2,halves.png,42,0,22,25",
            "blue-3,halves.png,40,0,20,24"));
    scored("files/normal.csv", "files/images.csv");

    JsonNode page = page("page", work.model());

    requirePicturesOfEach(page);
    for (JsonNode image : page.path("images")) {
      if (image.path("id").asText().equals("blue-1")) {
        BufferedImage picture = picture(page, image);
        assertThat(List.of(picture.getWidth(), picture.getHeight())).containsExactly(20, 30);
      }
    }
    assertThat(page.path("heatMaps").path("overlays").size()).isEqualTo(SCORED);
  }

  private void manifest(String name, List<String> rows) throws IOException {
    Files.writeString(
        folder.resolve("files").resolve(name),
        "image_id,path,x,y,width,height\n" + String.join("\n", rows) + "\n",
        StandardCharsets.UTF_8);
  }
}
