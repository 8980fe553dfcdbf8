package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageDecoder;
import org.dn2.image.RgbImage;
import org.dn2.image.SampleBits;
import org.dn2.image.Thumbnails;
import org.dn2.image.UndecodableImageException;
import org.dn2.report.ContactSheet;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The picture of the strangest images shows them as the backbone saw them. */
class ContactSheetTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");
  private static final String DEEP = "gray-10bit-unsaid.tif";
  private static final String TURNED = "orientation-6.jpg";

  @TempDir Path folder;

  /** The sheet of a run in which one image is scored, which is among the normal ones too. */
  private BufferedImage sheet(String image, String... settings) throws IOException {
    Workplace work = Workplace.in(folder);
    for (String name : List.of("train/" + DEEP, "train/" + TURNED, "test/" + image)) {
      Path copy = folder.resolve(name);
      Files.createDirectories(copy.getParent());
      Files.copy(IMAGES.resolve(copy.getFileName()), copy);
    }
    Path conf = folder.resolve("run.conf");
    Files.writeString(
        conf,
        """
        dn2 {
          output = "%1$s/out"
          model = "%1$s/model"
          train { path = "%1$s/train" }
          test { path = "%1$s/test" }
          fit { k = 1, features = none }
        }
        %2$s
        """
            .formatted(folder, String.join("\n", settings)));
    RunJob.Result result =
        new RunJob(Workplace.SPARK)
            .run(
                new RunJob.Settings(
                    RunConfig.read(conf.toFile()),
                    work.model(),
                    LocalDate.of(2026, 1, 2),
                    ScoreJob.OtherDates.STAY,
                    new RunId("one"),
                    ExistingOutput.KEEP));
    return ImageIO.read(Path.of(result.picture().toUri()).toFile());
  }

  private static BufferedImage sheet(String image, ImageDecoder decoder)
      throws IOException, UndecodableImageException {
    RgbImage small =
        new Thumbnails(decoder, ContactSheet.TILE).of(Files.readAllBytes(IMAGES.resolve(image)));
    return ContactSheet.draw("", List.of(new ContactSheet.Entry(small, small, "", 0)));
  }

  /** The pixels of the strangest image and of the normal one below it, without the texts. */
  private static List<List<Integer>> tiles(BufferedImage sheet) {
    int[] first = sheet.getRGB(12, 28, ContactSheet.TILE, ContactSheet.TILE, null, 0, 112);
    int[] second = sheet.getRGB(12, 174, ContactSheet.TILE, ContactSheet.TILE, null, 0, 112);
    return List.of(Arrays.stream(first).boxed().toList(), Arrays.stream(second).boxed().toList());
  }

  @Test
  void imagesOfFewBitsAreAsBrightAsTheyWereEmbedded() throws Exception {
    ImageDecoder ofTen =
        new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.IGNORE, new SampleBits(10));

    assertThat(tiles(sheet(DEEP, "dn2.sample-bits = 10")))
        .isEqualTo(tiles(sheet(DEEP, ofTen)))
        .isNotEqualTo(tiles(sheet(DEEP, ImageDecoder.DEFAULT)));
  }

  @Test
  void imagesAreTurnedAsTheyWereEmbedded() throws Exception {
    ImageDecoder upright = new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.APPLY);

    assertThat(tiles(sheet(TURNED, "dn2.exif-orientation = apply")))
        .isEqualTo(tiles(sheet(TURNED, upright)))
        .isNotEqualTo(tiles(sheet(TURNED, ImageDecoder.DEFAULT)));
  }
}
