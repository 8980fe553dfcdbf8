package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.testing.SharedFolder;
import org.junit.jupiter.api.Test;

class ReferenceImagesTest {
  private static final InputGeometry PAPER = new InputGeometry(ResizeMode.EXACT, 256, 224);

  @Test
  void cropsEqualThoseOfPillow() throws Exception {
    for (ReferenceImages.Reference reference : ReferenceImages.read()) {
      byte[] crop =
          PAPER.apply(ImageDecoder.DEFAULT.decode(Files.readAllBytes(reference.file()))).pixels();
      boolean exact = ReferenceImages.sha256(crop).equals(reference.cropSha256());
      if (reference.file().toString().endsWith(".png") || NativeJpeg.isAvailable()) {
        assertThat(exact).as("%s bit for bit", reference.file()).isTrue();
      } else {
        assertThat(mean(crop))
            .as("mean of %s", reference.file())
            .isCloseTo(reference.cropMean(), within(0.05));
      }
    }
  }

  /** Prints milliseconds per photograph on one core; a measure, not a test of speed. */
  @Test
  void measuresDecodingAndResizing() throws Exception {
    Path photos = SharedFolder.require("data/photos");
    List<byte[]> files;
    try (Stream<Path> paths = Files.list(photos)) {
      files =
          paths
              .filter(path -> path.toString().endsWith(".JPEG"))
              .sorted()
              .map(this::bytes)
              .toList();
    }
    for (int round = 0; round < 3; round++) {
      long decodeNanos = 0;
      long resizeNanos = 0;
      for (byte[] file : files) {
        long start = System.nanoTime();
        RgbImage image = ImageDecoder.DEFAULT.decode(file);
        long decoded = System.nanoTime();
        assertThat(PAPER.apply(image).width()).isEqualTo(224);
        decodeNanos += decoded - start;
        resizeNanos += System.nanoTime() - decoded;
      }
      System.out.printf(
          "round %d, %d photos: decode %.2f ms, resize and crop %.2f ms each%n",
          round + 1,
          files.size(),
          decodeNanos / 1e6 / files.size(),
          resizeNanos / 1e6 / files.size());
    }
  }

  private byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double mean(byte[] values) {
    long sum = 0;
    for (byte value : values) {
      sum += value & 0xff;
    }
    return (double) sum / values.length;
  }
}
