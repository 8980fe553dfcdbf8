package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class InputGeometryTest {

  @Test
  void averagesBlocksWhenAnImageShrinksByHalf() {
    // 4 pixels to 2: the triangle spans 4 pixels around 1 and 3, weights 1 3 3 1 (of 8) cut at the
    // border to 3 3 1 (of 7): (0*3 + 70*3 + 140*1)/7 = 50 and (70*1 + 140*3 + 210*3)/7 = 160.
    RgbImage row = gray(4, 1, 0, 70, 140, 210);

    RgbImage halved = PillowResize.resizeAndCrop(row, Interpolation.BILINEAR, 2, 1, 0, 0, 2, 1);

    assertThat(halved.pixels()).containsExactly(bytes(50, 50, 50, 160, 160, 160));
  }

  @Test
  void interpolatesWhenAnImageGrows() {
    // 2 pixels to 4: centers at 0.25, 0.75, 1.25 and 1.75 of pixels whose own are 0.5 and 1.5.
    RgbImage grown =
        PillowResize.resizeAndCrop(gray(2, 1, 0, 200), Interpolation.BILINEAR, 4, 1, 0, 0, 4, 1);

    assertThat(grown.pixels())
        .containsExactly(bytes(0, 0, 0, 50, 50, 50, 150, 150, 150, 200, 200, 200));
  }

  @Test
  void cropsTheCenterRoundingHalvesToEven() {
    RgbImage row = gray(4, 4, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);

    // Margins of 1 and 3: Python's round(0.5) is 0 and round(1.5) is 2.
    assertThat(new InputGeometry(ResizeMode.EXACT, 4, 3).apply(row).pixels()[0])
        .isEqualTo((byte) 0);
    assertThat(new InputGeometry(ResizeMode.EXACT, 4, 1).apply(row).pixels()[0])
        .isEqualTo((byte) 2);
  }

  /** Expected by torchvision's rule and Pillow 9.4; see src/test/python/make_resize_fixtures.py. */
  @ParameterizedTest
  @CsvFileSource(files = "src/test/resources/images/resized.csv", numLinesToSkip = 1)
  void givesTheBytesOfPillow(
      int width,
      int height,
      ResizeMode mode,
      int resizeSize,
      int cropSize,
      Interpolation interpolation,
      String sha256)
      throws Exception {
    RgbImage square =
        new InputGeometry(mode, resizeSize, cropSize, interpolation, View.Sides.AS_THEY_ARE)
            .apply(pattern(width, height));

    assertThat(ReferenceImages.sha256(square.pixels())).isEqualTo(sha256);
  }

  @Test
  void aCubicOvershootsAtAnEdgeAndIsClipped() {
    // 2 pixels to 4: weights of the kernel with a = -0.5, scaled to the two pixels that there are.
    RgbImage grown =
        PillowResize.resizeAndCrop(
            gray(6, 1, 0, 0, 0, 255, 255, 255), Interpolation.BICUBIC, 12, 1, 0, 0, 12, 1);
    int[] levels = new int[12];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = grown.pixels()[3 * i] & 0xff;
    }
    assertThat(levels).startsWith(0, 0, 0, 0, 0).endsWith(255, 255, 255, 255, 255);
    assertThat(levels[5] + levels[6]).isEqualTo(255);
    assertThat(levels[5]).isBetween(1, 80);
  }

  @Test
  void viewsAreTheCenterTheWholeAndTheirMirrorImages() {
    RgbImage image = pattern(40, 30);
    RgbImage center = view(View.CENTER).apply(image);
    assertThat(center.pixels())
        .isEqualTo(new InputGeometry(ResizeMode.EXACT, 32, 28).apply(image).pixels());
    assertThat(view(View.MIRROR).apply(image).pixels()).isEqualTo(center.mirrored().pixels());
    assertThat(center.mirrored().pixels()).isNotEqualTo(center.pixels());
    assertThat(center.mirrored().mirrored().pixels()).isEqualTo(center.pixels());
    RgbImage whole = view(View.WHOLE).apply(image);
    assertThat(whole.pixels())
        .isEqualTo(new InputGeometry(ResizeMode.EXACT, 28, 28).apply(image).pixels());
    assertThat(view(View.WHOLE_MIRROR).apply(image).pixels()).isEqualTo(whole.mirrored().pixels());
    assertThat(View.named("Whole-Mirror, center")).containsExactly(View.CENTER, View.WHOLE_MIRROR);
    assertThatThrownBy(() -> View.named("mirror,mirror"))
        .hasMessage("The views mirror,mirror are not all different.");
    assertThatThrownBy(() -> View.named("left"))
        .hasMessage(
            "There is no view \"left\"; there are center, mirror, whole, whole-mirror, one or several"
                + " with commas.");
  }

  private static InputGeometry view(View view) {
    return view.of(ResizeMode.EXACT, 32, 28, Interpolation.BILINEAR);
  }

  @Test
  void survivesThinImages() {
    assertThat(
            new InputGeometry(ResizeMode.SHORT_SIDE, 256, 224)
                .apply(new RgbImage(1, 10_000_000, new byte[30_000_000]))
                .height())
        .isEqualTo(224);
  }

  @Test
  void rejectsACropAboveTheResizedSize() {
    assertThatThrownBy(() -> new InputGeometry(ResizeMode.EXACT, 224, 256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cropSize is 256 and resizeSize is 224; cropSize must be 1 or more and resizeSize no"
                + " less.");
  }

  @Test
  void rejectsARectangleOutsideTheResizedImage() {
    assertThatThrownBy(
            () ->
                PillowResize.resizeAndCrop(gray(1, 1, 9), Interpolation.BILINEAR, 4, 4, 2, 0, 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The crop x=2, y=0, width=3, height=4 must lie inside the resized image of 4 x 4.");
  }

  /** The same formula as in the script: hard edges and every value. */
  private static RgbImage pattern(int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (((i * 2654435761L) >>> 7) ^ (i / 50));
    }
    return new RgbImage(width, height, pixels);
  }

  private static RgbImage gray(int width, int height, int... values) {
    byte[] pixels = new byte[width * height * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i / 3];
    }
    return new RgbImage(width, height, pixels);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
