package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.dn2.features.FeatureChoice;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.model.TinyBackbone;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heat maps on a page, and what is said where there can be none. */
class ReportHeatMapsTest {
  private static final RunId RUN = new RunId("first");

  private static final FitMethod THREE_CENTERS =
      new FitMethod(
          1,
          Distance.SQUARED_EUCLIDEAN,
          FeatureChoice.PAPER,
          null,
          Cleaning.NONE,
          OptionalInt.of(3),
          0,
          SearchPlan.AUTO);

  @TempDir private static Path folder;
  private static Workplace work;

  @TempDir private Path out;
  private final ReportJob job = new ReportJob(Workplace.SPARK);

  @BeforeAll
  static void scoreSome() throws IOException {
    Images.writeFolder(folder.resolve("train/red"), 12, Color.RED, 100);
    Images.writeFolder(folder.resolve("test/red"), 4, Color.RED, 300);
    Images.writeFolder(folder.resolve("test/blue"), 3, Color.BLUE, 500);
    TinyBackbone.writeWithStages(folder.resolve("model"), 1);
    work = Workplace.in(folder);
    work.embed("train", "train-embedded");
    work.embed("test", "test-embedded");
    new FitJob(Workplace.SPARK).run(work.fitSettings("train-embedded", "detector", 2));
    new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                work.path("test-embedded"),
                work.path("detector"),
                null,
                work.path("scores"),
                LocalDate.of(2026, 11, 24),
                RUN,
                ScoreJob.OtherDates.STAY,
                SearchPlan.AUTO,
                SelfNeighbor.COUNTS));
    Files.delete(folder.resolve("test/red/000.png"));
    Files.delete(folder.resolve("train/red/000.png"));
  }

  private Path report(String detector, BackboneFolder backbone) {
    return Path.of(
        job.run(
                job.open(work.path("scores"), RunChoice.NEWEST),
                new ReportJob.Settings(
                    work.path("scores"),
                    detector,
                    null,
                    List.of(),
                    null,
                    backbone,
                    null,
                    new Destination(out.resolve("page").toString(), RUN, ExistingOutput.KEEP)))
            .toUri()
            .getPath());
  }

  @Test
  void everyImageThatCanBeReadHasItsOverlay() throws IOException {
    String html = Files.readString(report(work.path("detector"), work.model()));
    String begin = "id=\"findings\">";
    int start = html.indexOf(begin) + begin.length();
    JsonNode page =
        new ObjectMapper().readTree(html.substring(start, html.indexOf("</script>", start)));
    assertThat(page.path("heatMaps").path("normals").asInt()).isEqualTo(11);
    JsonNode overlays = page.path("heatMaps").path("overlays");
    assertThat(overlays.size()).isEqualTo(page.path("images").size()).isEqualTo(7);
    for (int i = 0; i < overlays.size(); i++) {
      if (page.path("images").path(i).path("id").asText().equals("red/000.png")) {
        assertThat(overlays.path(i).isNull()).isTrue();
        continue;
      }
      BufferedImage overlay =
          ImageIO.read(
              new ByteArrayInputStream(Base64.getDecoder().decode(overlays.path(i).asText())));
      assertThat(overlay.getWidth()).isEqualTo(40);
      assertThat(overlay.getHeight()).isEqualTo(36);
      // 28 of 32 pixels are seen: margins of a sixteenth.
      assertThat(new Color(overlay.getRGB(1, 18), true).getAlpha()).isZero();
      assertThat(new Color(overlay.getRGB(3, 18), true).getAlpha()).isPositive();
    }
  }

  @Test
  void refusesAnotherModelThanTheDetectorWasFittedTo() {
    TinyBackbone.writeWithStages(out.resolve("other"), 2);
    BackboneFolder other = Workplace.openModel(out.resolve("other"));
    assertThatThrownBy(() -> report(work.path("detector"), other))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("staged-2")
        .hasMessageContaining("other weights");
  }

  @Test
  void refusesToDoWithoutADetectorOrByCenters() {
    assertThatThrownBy(() -> report(null, work.model()))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("Give --detector");
    new FitJob(Workplace.SPARK)
        .run(
            new FitJob.Settings(
                work.path("train-embedded"),
                List.of(),
                THREE_CENTERS,
                new ThresholdRule(OptionalDouble.empty(), 0.9),
                new Destination(out.resolve("centers").toString(), RUN, ExistingOutput.KEEP)));
    assertThatThrownBy(() -> report(out.resolve("centers").toString(), work.model()))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("compares with centers")
        .hasMessageContaining("without --centers");
  }
}
