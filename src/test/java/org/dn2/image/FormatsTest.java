package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * WebP, Netpbm, deep and floating-point samples, turned TIFFs and BMPs with wrong sizes. The
 * fixtures and Pillow's pixels of each come from src/test/python/make_format_fixtures.py.
 */
class FormatsTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");
  private static final int WIDTH = 23;
  private static final int HEIGHT = 17;

  private record Fixture(String file, int width, int height) {
    @Override
    public String toString() {
      return file;
    }
  }

  static List<Fixture> fixtures() throws IOException {
    return Files.readAllLines(IMAGES.resolve("expected-formats.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(cells -> new Fixture(cells[0], Integer.parseInt(cells[1]), Integer.parseInt(cells[2])))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void givesThePixelsOfPillow(Fixture fixture) throws Exception {
    ImageDecoder decoder =
        fixture.file().matches("orientation-.*webp")
            ? new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.APPLY)
            : ImageDecoder.DEFAULT;

    RgbImage image = decoder.decode(bytes(fixture.file()));

    assertThat(List.of(image.width(), image.height()))
        .isEqualTo(List.of(fixture.width(), fixture.height()));
    assertThat(unsigned(image.pixels()))
        .isEqualTo(unsigned(bytes("expected/" + fixture.file() + ".rgb")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          picture.jp2        | UNSUPPORTED | JPEG 2000 images cannot be read; convert the file to PNG or JPEG.
          picture.pam        | UNSUPPORTED | PAM images cannot be read; convert the file to PNG or JPEG.
          half.lossy.webp    | TRUNCATED   | The WebP ends before its last pixel, after
          half.lossless.webp | TRUNCATED   | The WebP ends before its last pixel, after
          damaged.webp       | UNSUPPORTED | The WebP cannot be decoded: its picture is damaged.
          huge.webp          | TOO_LARGE   | The image is 16383 x 16383 pixels; the limit is 100000000 pixels.
          half.plain.pgm     | TRUNCATED   | The Netpbm file ends before its last pixel, after
          half.rgb.ppm       | TRUNCATED   | The Netpbm file ends before its last pixel, after
          half.gray.pfm      | TRUNCATED   | The Netpbm file ends before its last pixel, after
          huge.pgm           | TOO_LARGE   | The image is 60000 x 60000 pixels; the limit is 100000000 pixels.
          number.pgm         | UNSUPPORTED | a number has more than 10 digits
          largest-of-0.pgm   | UNSUPPORTED | its largest value is 0, not from 1 to 65535
          beyond-largest.pgm | UNSUPPORTED | a sample is 10, above the largest of 9
          letters.ppm        | UNSUPPORTED | its pixel is "x"
          float-beyond.pfm   | UNSUPPORTED | The image has the floating-point sample 255.0; only samples from 0 (black) to 1 (white)
          float-beyond.tif   | UNSUPPORTED | The image has the floating-point sample 1.5;
          float-nan.tif      | UNSUPPORTED | The image has the floating-point sample NaN;
          half.runs.bmp      | TRUNCATED   | The BMP ends before its last pixel, after
          """)
  void saysWhyAFileGivesNoPixels(String file, RejectReason reason, String message)
      throws IOException {
    byte[] bytes = bytes("broken/" + file);

    UndecodableImageException thrown =
        catchThrowableOfType(
            UndecodableImageException.class, () -> ImageDecoder.DEFAULT.decode(bytes));

    assertThat(thrown).isNotNull().hasMessageContaining(message);
    assertThat(thrown.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgb.bmp", "gray.bmp", "palette.bmp", "bilevel.bmp", "runs-8bit.bmp"})
  void theSizesThatABmpRepeatsAreNotBelieved(String file) throws Exception {
    byte[] right = bytes(file);
    byte[] pixels = ImageDecoder.DEFAULT.decode(right).pixels();
    for (int size : new int[] {0, 1, 60, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      for (int at : new int[] {2, 34}) {
        byte[] wrong = right.clone();
        for (int i = 0; i < Integer.BYTES; i++) {
          wrong[at + i] = (byte) (size >> (Byte.SIZE * i));
        }

        assertThat(ImageDecoder.DEFAULT.decode(wrong).pixels())
            .as("%s with %d at byte %d", file, size, at)
            .isEqualTo(pixels);
        assertThatThrownBy(
                () -> ImageDecoder.DEFAULT.decode(Arrays.copyOf(wrong, wrong.length * 3 / 4)))
            .as("%s with %d at byte %d, cut", file, size, at)
            .isInstanceOf(UndecodableImageException.class)
            .hasMessageContaining("The BMP ends before its last pixel");
      }
    }
  }

  @Test
  void aBmpWithAnEmbeddedJpegIsRejectedUnread() throws Exception {
    byte[] bmp = bytes("rgb.bmp");
    bmp[30] = 4;

    assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(bmp))
        .isInstanceOf(UndecodableImageException.class)
        .hasMessageContaining("The BMP holds an embedded JPEG, which cannot be read");
  }

  @Test
  void aTiffIsTurnedOnceWhateverIsSaidOfOtherFormats() throws Exception {
    ImageDecoder applying = new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.APPLY);
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] file = bytes("orientation-%d.tif".formatted(orientation));

      assertThat(applying.decode(file).pixels())
          .isEqualTo(ImageDecoder.DEFAULT.decode(file).pixels());
    }
  }

  @Test
  void theUserSaysHowManyBitsAreInUse() throws Exception {
    ImageDecoder ofTen =
        new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.IGNORE, new SampleBits(10));
    ImageDecoder ofSixteen =
        new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.IGNORE, new SampleBits(16));
    byte[] asTen = bytes("expected/gray-10bit-smax.tif.rgb");

    assertThat(ofTen.decode(bytes("gray-10bit-unsaid.tif")).pixels()).isEqualTo(asTen);
    assertThat(ofTen.decode(bytes("gray-10bit-smax.tif")).pixels()).isEqualTo(asTen);
    assertThat(ofSixteen.decode(bytes("gray-10bit-smax.tif")).pixels())
        .isEqualTo(bytes("expected/gray-10bit-unsaid.tif.rgb"));
    // Samples above the range are white.
    assertThat(unsigned(ofTen.decode(bytes("gray-16bit.tif")).pixels())).contains(255);
    // A range that the format itself sets is no matter of opinion.
    assertThat(ofTen.decode(bytes("rgb-10bit.ppm")).pixels())
        .isEqualTo(bytes("expected/rgb-10bit.ppm.rgb"));
    assertThat(ofTen.decode(bytes("gray-12bit-packed.tif")).pixels())
        .isEqualTo(bytes("expected/gray-12bit-packed.tif.rgb"));
  }

  @Test
  void tellsWhereFewBitsAreInUseAndNothingSaysSo() throws Exception {
    assertThat(fewBits("gray-10bit-unsaid.tif")).containsExactly(10);
    assertThat(fewBits("gray-10bit-statistic.tif")).containsExactly(10);
    assertThat(fewBits("gray-10bit-smax.tif")).isEmpty();
    assertThat(fewBits("gray-10bit-low.png")).isEmpty();
    assertThat(fewBits("gray-16bit.tif")).isEmpty();
    assertThat(fewBits("gray-16bit.png")).isEmpty();
    assertThat(fewBits("gray-10bit.pgm")).isEmpty();
    assertThat(fewBits("gray.png")).isEmpty();
  }

  private static List<Integer> fewBits(String file) throws Exception {
    List<Integer> told = new ArrayList<>();
    ImageDecoder.DEFAULT.decode(bytes(file), told::add);
    return told;
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "17", "-3", "ten", ""})
  void refusesOtherSampleBits(String name) {
    assertThatThrownBy(() -> SampleBits.named(name))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The sample bits are \"%s\"; they must be auto, or from 8 to 16.", name);
  }

  @Test
  void readsSampleBitsByName() {
    assertThat(SampleBits.named("auto")).isEqualTo(SampleBits.AUTO).hasToString("auto");
    assertThat(SampleBits.named("12")).isEqualTo(new SampleBits(12)).hasToString("12");
  }

  @Test
  void limitsHoldBeforePixelsAreRead() throws Exception {
    ImageDecoder few =
        new ImageDecoder(
            new DecodeLimits(1 << 20, (long) WIDTH * HEIGHT - 1), ExifOrientation.IGNORE);
    for (Fixture fixture : fixtures()) {
      assertThatThrownBy(() -> few.decode(bytes(fixture.file())))
          .as(fixture.file())
          .isInstanceOf(UndecodableImageException.class)
          .hasMessageContaining("pixels; the limit is 390 pixels.");
    }
  }

  @Test
  void aHeaderAloneTakesNoMemory() throws Exception {
    for (String header : List.of("P6 9999 9999 255\n", "P3 9999 9999 255\n", "PF 9999 9999 1\n")) {
      byte[] file = header.getBytes(StandardCharsets.US_ASCII);

      assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(file))
          .isInstanceOf(UndecodableImageException.class)
          .hasMessageContaining("ends before its last pixel");
    }
  }

  /** A nightly job meets every kind of damage; nothing but pixels or a reason may come out. */
  @Test
  @Timeout(120)
  void damagedBytesGivePixelsOrAReason() throws IOException {
    long seed = 20261126;
    System.out.println("FormatsTest: damages by seed " + seed);
    Random random = new Random(seed);
    ImageDecoder decoder =
        new ImageDecoder(new DecodeLimits(1 << 20, 1_000_000), ExifOrientation.APPLY);
    for (Fixture fixture : fixtures()) {
      byte[] whole = bytes(fixture.file());
      for (int round = 0; round < 200; round++) {
        byte[] damaged = damaged(whole, random, round);
        long start = System.nanoTime();
        try {
          assertThat(decoder.decode(damaged).width()).isPositive();
        } catch (UndecodableImageException e) {
          assertThat(e.reason()).as(fixture.file()).isNotNull();
          assertThat(e).as(fixture.file()).message().isNotBlank();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .as("%s, round %d", fixture.file(), round)
            .isLessThan(Duration.ofSeconds(20));
      }
    }
  }

  /** Cut, or with some bytes changed: half of the time in the header, where it hurts. */
  private static byte[] damaged(byte[] whole, Random random, int round) {
    byte[] damaged =
        round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
    for (int i = 0; i < round % 4 && damaged.length > 0; i++) {
      int within = round % 8 < 4 ? damaged.length : Math.min(64, damaged.length);
      int extreme = random.nextInt(4);
      damaged[random.nextInt(within)] =
          (byte) (extreme == 0 ? 0 : extreme == 1 ? 0xff : random.nextInt(256));
    }
    return damaged;
  }

  @Test
  void everyShortenedFileIsRejectedOrWhole() throws IOException, UndecodableImageException {
    for (String file :
        List.of(
            "lossy.webp",
            "lossless-alpha.webp",
            "animated.webp",
            "gray.pgm",
            "bits.pbm",
            "rgb.ppm",
            "rgb.pfm",
            "runs-8bit.bmp")) {
      byte[] whole = bytes(file);
      byte[] pixels = ImageDecoder.DEFAULT.decode(whole).pixels();
      for (int length = 1; length < whole.length; length++) {
        try {
          assertThat(ImageDecoder.DEFAULT.decode(Arrays.copyOf(whole, length)).pixels())
              .as("%s cut to %d of %d bytes", file, length, whole.length)
              .isEqualTo(pixels);
        } catch (UndecodableImageException e) {
          assertThat(e.reason())
              .as("%s cut to %d of %d bytes: %s", file, length, whole.length, e)
              .isIn(RejectReason.TRUNCATED, RejectReason.NOT_AN_IMAGE);
        }
      }
    }
  }

  private static byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(IMAGES.resolve(file));
  }

  private static int[] unsigned(byte[] bytes) {
    int[] values = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    return values;
  }
}
