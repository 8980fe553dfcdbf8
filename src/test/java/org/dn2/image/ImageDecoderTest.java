package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The fixtures and Pillow's pixels of each come from src/test/python/make_image_fixtures.py. */
class ImageDecoderTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");

  private record Fixture(String file, int width, int height) {
    @Override
    public String toString() {
      return file;
    }
  }

  static List<Fixture> fixtures() throws IOException {
    return Files.readAllLines(IMAGES.resolve("expected.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(cells -> new Fixture(cells[0], Integer.parseInt(cells[1]), Integer.parseInt(cells[2])))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void givesThePixelsOfPillow(Fixture fixture) throws Exception {
    ImageDecoder decoder =
        fixture.file().startsWith("orientation-")
            ? new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.APPLY)
            : ImageDecoder.DEFAULT;

    RgbImage image = decoder.decode(Files.readAllBytes(IMAGES.resolve(fixture.file())));

    assertThat(List.of(image.width(), image.height()))
        .isEqualTo(List.of(fixture.width(), fixture.height()));
    assertThat(unsigned(image.pixels()))
        .isEqualTo(
            unsigned(Files.readAllBytes(IMAGES.resolve("expected/" + fixture.file() + ".rgb"))));
  }

  @Test
  void leavesTheOrientationAloneUnlessAsked() throws Exception {
    byte[] turned = Files.readAllBytes(IMAGES.resolve("orientation-6.jpg"));
    byte[] upright = Files.readAllBytes(IMAGES.resolve("orientation-1.jpg"));

    assertThat(ImageDecoder.DEFAULT.decode(turned).pixels())
        .isEqualTo(ImageDecoder.DEFAULT.decode(upright).pixels());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          empty.jpg            | EMPTY        | The file has no bytes.
          text.jpg             | NOT_AN_IMAGE | The file begins as no known image format does.
          picture.heic         | UNSUPPORTED  | HEIC or AVIF images cannot be read; convert the file to PNG or JPEG.
          arithmetic.jpg       | UNSUPPORTED  | The JPEG is lossless, hierarchical or arithmetic-coded (frame type 0xc9)
          float.tif            | UNSUPPORTED  | The image has the floating-point sample 2.0; only samples from 0 (black) to 1 (white)
          damaged.png          | UNSUPPORTED  | The PNG cannot be decoded:
          zero-width.png       | UNSUPPORTED  | The PNG cannot be decoded:
          garbage.tif          | TRUNCATED    | The TIFF ends before its last pixel, after
          garbage.gif          | UNSUPPORTED  | The GIF cannot be decoded:
          huge.png             | TOO_LARGE    | The image is 60000 x 60000 pixels; the limit is 100000000 pixels.
          header-only.jpg      | TRUNCATED    | The JPEG ends within its header, after 100 bytes.
          half.jpg             | TRUNCATED    | The JPEG ends before its last pixel, after
          half.progressive.jpg | TRUNCATED    | The JPEG ends before its last pixel, after
          half.png             | TRUNCATED    | The PNG ends before its last pixel, after
          half.gif             | TRUNCATED    | The GIF ends before its last pixel, after
          half.bmp             | TRUNCATED    | The BMP ends before its last pixel, after
          half.tif             | TRUNCATED    | The TIFF ends before its last pixel, after
          half.lzw.tif         | TRUNCATED    | The TIFF ends before its last pixel, after
          """)
  void saysWhyAFileGivesNoPixels(String file, RejectReason reason, String message)
      throws IOException {
    byte[] bytes = Files.readAllBytes(IMAGES.resolve("broken/" + file));

    UndecodableImageException thrown =
        catchThrowableOfType(
            UndecodableImageException.class, () -> ImageDecoder.DEFAULT.decode(bytes));

    assertThat(thrown).isNotNull().hasMessageContaining(message);
    assertThat(thrown.reason()).isEqualTo(reason);
  }

  @Test
  void rejectsFilesAndImagesAboveTheLimits() throws IOException {
    byte[] png = Files.readAllBytes(IMAGES.resolve("rgb.png"));
    ImageDecoder fewBytes = new ImageDecoder(new DecodeLimits(100, 1000), ExifOrientation.IGNORE);
    ImageDecoder fewPixels =
        new ImageDecoder(new DecodeLimits(1_000_000, 23 * 17 - 1), ExifOrientation.IGNORE);

    assertThatThrownBy(() -> fewBytes.decode(png))
        .isInstanceOf(UndecodableImageException.class)
        .hasMessage("The file has %d bytes; the limit is 100.", png.length);
    assertThatThrownBy(() -> fewPixels.decode(png))
        .isInstanceOf(UndecodableImageException.class)
        .hasMessage("The image is 23 x 17 pixels; the limit is 390 pixels.");
  }

  /** A nightly job meets every kind of damage; nothing but pixels or a reason may come out. */
  @Test
  void damagedBytesGivePixelsOrAReason() throws IOException {
    Random random = new Random(20261124);
    ImageDecoder decoder =
        new ImageDecoder(new DecodeLimits(1 << 20, 1_000_000), ExifOrientation.APPLY);
    for (Fixture fixture : fixtures()) {
      byte[] whole = Files.readAllBytes(IMAGES.resolve(fixture.file()));
      for (int round = 0; round < 40; round++) {
        byte[] damaged =
            round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int i = 0; i < round % 4 && damaged.length > 0; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        try {
          assertThat(decoder.decode(damaged).width()).isPositive();
        } catch (UndecodableImageException e) {
          assertThat(e.reason()).as(fixture.file()).isNotNull();
          assertThat(e).as(fixture.file()).message().isNotBlank();
        }
      }
    }
  }

  @Test
  void everyShortenedFileIsRejectedOrWhole() throws IOException, UndecodableImageException {
    for (String file : List.of("rgb.png", "gray.png", "palette.gif", "ycc-420.jpg", "rgb.bmp")) {
      byte[] whole = Files.readAllBytes(IMAGES.resolve(file));
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

  @Test
  void rejectsAJpegThatOnlyLacksItsEndMarker() throws IOException {
    byte[] whole = Files.readAllBytes(IMAGES.resolve("progressive.jpg"));

    assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(Arrays.copyOf(whole, whole.length - 2)))
        .isInstanceOf(UndecodableImageException.class)
        .hasMessage("The JPEG ends before its last pixel, after %d bytes.", whole.length - 2);
  }

  @Test
  void threadsShareADecoder() throws Exception {
    byte[] file = Files.readAllBytes(IMAGES.resolve("ycc-420.jpg"));
    byte[] expected = ImageDecoder.DEFAULT.decode(file).pixels();

    List<byte[]> decoded =
        IntStream.range(0, 200)
            .parallel()
            .mapToObj(
                i -> {
                  try {
                    return ImageDecoder.DEFAULT.decode(file).pixels();
                  } catch (UndecodableImageException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .toList();

    assertThat(decoded).allSatisfy(pixels -> assertThat(pixels).isEqualTo(expected));
  }

  @Test
  void travelsToExecutors() throws IOException {
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      out.writeObject(ImageDecoder.DEFAULT);
    }
  }

  private static int[] unsigned(byte[] bytes) {
    int[] values = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    return values;
  }
}
