package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** libjpeg-turbo by itself, and the sizes at which {@link ImageDecoder} lets it decode. */
class NativeJpegTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");
  private static final InputGeometry PAPER = new InputGeometry(ResizeMode.EXACT, 256, 224);

  @BeforeAll
  static void onlyWhereTheJarBringsTheLibrary() {
    assumeThat(System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .isEqualTo("Linux amd64");
  }

  @Test
  void theLibraryLoads() {
    assertThat(NativeJpeg.isAvailable()).isTrue();
  }

  static List<Path> grayAndColorFixtures() throws IOException {
    try (Stream<Path> files = Files.list(IMAGES)) {
      return files
          .filter(file -> file.toString().endsWith(".jpg"))
          .filter(file -> !file.getFileName().toString().startsWith("cmyk"))
          .filter(file -> !file.getFileName().toString().startsWith("ycck"))
          .filter(file -> !file.getFileName().toString().startsWith("orientation"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("grayAndColorFixtures")
  void givesThePixelsOfPillow(Path fixture) throws Exception {
    byte[] expected =
        Files.readAllBytes(IMAGES.resolve("expected/" + fixture.getFileName() + ".rgb"));

    try (NativeJpeg jpeg = new NativeJpeg(Files.readAllBytes(fixture))) {
      assertThat(jpeg.decode(1)).map(RgbImage::pixels).hasValue(expected);
    }
  }

  @Test
  void leavesInksToTheJdk() throws Exception {
    try (NativeJpeg jpeg = new NativeJpeg(bytes("cmyk-adobe.jpg"))) {
      assertThat(jpeg.decode(1)).isEmpty();
    }
    assertThat(JpegColors.of(bytes("cmyk-adobe.jpg")).isKnownToNativeJpeg()).isFalse();
  }

  @Test
  void findsFaultWithEveryShortenedFile() throws Exception {
    for (String name : List.of("ycc-420.jpg", "progressive.jpg", "gray.jpg")) {
      byte[] whole = bytes(name);
      for (int length = 1; length < whole.length; length++) {
        for (int denominator : new int[] {1, 8}) {
          assertThat(decode(Arrays.copyOf(whole, length), denominator))
              .as("%s cut to %d of %d bytes", name, length, whole.length)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void survivesDamage() throws Exception {
    Random random = new Random(20261125);
    for (Path fixture : grayAndColorFixtures()) {
      byte[] whole = Files.readAllBytes(fixture);
      for (int round = 0; round < 100; round++) {
        byte[] damaged = whole.clone();
        for (int i = 0; i <= round % 5; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        try (NativeJpeg jpeg = new NativeJpeg(damaged)) {
          if (Math.multiplyFull(jpeg.width(), jpeg.height()) < 10_000_000
              && jpeg.width() > 0
              && jpeg.height() > 0) {
            for (int denominator = 1; denominator <= 8; denominator *= 2) {
              int width = (jpeg.width() + denominator - 1) / denominator;
              jpeg.decode(denominator)
                  .ifPresent(image -> assertThat(image.width()).as("%s", fixture).isEqualTo(width));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2400, 1600, 2400, 1600",
    "2600, 1600, 1300, 800",
    "2047, 2201, 1024, 1101",
    "4096, 4096, 512, 512",
    "4095, 4096, 1024, 1024",
    "6000, 1023, 6000, 1023",
    "6000, 1024, 3000, 512",
  })
  void decodesLargeImagesAtTheSmallestSizeThatIsTwiceTheResizedOne(
      int width, int height, int decodedWidth, int decodedHeight) throws Exception {
    byte[] file = jpeg(gradients(width, height));

    RgbImage decoded = ImageDecoder.DEFAULT.decodeFor(PAPER, file);

    assertThat(List.of(decoded.width(), decoded.height()))
        .isEqualTo(List.of(decodedWidth, decodedHeight));
    assertThat(ImageDecoder.DEFAULT.decode(file).width()).isEqualTo(width);
  }

  @Test
  void aScaledImageIsCloseToTheFullOneOnceResized() throws Exception {
    byte[] file = jpeg(gradients(4000, 3000));

    byte[] scaled = PAPER.apply(ImageDecoder.DEFAULT.decodeFor(PAPER, file)).pixels();
    byte[] full = PAPER.apply(ImageDecoder.DEFAULT.decode(file)).pixels();

    assertThat(scaled).isNotEqualTo(full);
    for (int i = 0; i < full.length; i++) {
      assertThat(Math.abs((scaled[i] & 0xff) - (full[i] & 0xff)))
          .as("value %d", i)
          .isLessThanOrEqualTo(3);
    }
  }

  @Test
  void photographsKeepThePixelsOfFullDecoding() throws Exception {
    byte[] file = jpeg(gradients(2000, 2000));

    assertThat(ImageDecoder.DEFAULT.decodeFor(PAPER, file).pixels())
        .isEqualTo(ImageDecoder.DEFAULT.decode(file).pixels());
  }

  @Test
  void aLargeImageIsMeasuredAgainstTheLimitsInFullSize() throws Exception {
    byte[] file = jpeg(gradients(2600, 1600));
    ImageDecoder decoder =
        new ImageDecoder(new DecodeLimits(1 << 20, 2600 * 1600 - 1), ExifOrientation.IGNORE);

    assertThatThrownBy(() -> decoder.decodeFor(PAPER, file))
        .isInstanceOf(UndecodableImageException.class)
        .hasMessage("The image is 2600 x 1600 pixels; the limit is 4159999 pixels.");
  }

  @Test
  void aLargeImageThatEndsEarlyIsTruncated() throws Exception {
    byte[] file = jpeg(gradients(2600, 1600));

    assertThatThrownBy(
            () -> ImageDecoder.DEFAULT.decodeFor(PAPER, Arrays.copyOf(file, file.length / 2)))
        .isInstanceOf(UndecodableImageException.class)
        .hasMessage("The JPEG ends before its last pixel, after %d bytes.", file.length / 2);
  }

  private static Optional<RgbImage> decode(byte[] file, int denominator) {
    try (NativeJpeg jpeg = new NativeJpeg(file)) {
      return jpeg.width() == 0 ? Optional.empty() : jpeg.decode(denominator);
    }
  }

  private static byte[] bytes(String fixture) throws IOException {
    return Files.readAllBytes(IMAGES.resolve(fixture));
  }

  /** Smooth colors with waves of a dozen pixels, so that a wrong scale or offset would show. */
  private static BufferedImage gradients(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 255 * x / width;
        int green = 255 * y / height;
        int blue = 128 + (int) (60 * Math.sin(x / 40.0) * Math.cos(y / 55.0));
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, "jpeg", bytes)).isTrue();
    return bytes.toByteArray();
  }
}
