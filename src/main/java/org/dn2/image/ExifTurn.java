package org.dn2.image;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** The turn or flip that a camera notes in a file's EXIF data. */
final class ExifTurn {
  private ExifTurn() {}

  /**
   * The image turned as its file says; itself where the file says nothing, or nonsense.
   *
   * @param file the encoded image that the pixels are of
   */
  static RgbImage upright(RgbImage image, byte[] file) throws IOException {
    return turn(image, orientation(file));
  }

  /** The EXIF orientation, 1 to 8; 1 (upright) where the file notes none or nonsense. */
  private static int orientation(byte[] file) throws IOException {
    try {
      Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file));
      for (ExifIFD0Directory directory : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
        if (directory.containsTag(ExifIFD0Directory.TAG_ORIENTATION)) {
          return directory.getInt(ExifIFD0Directory.TAG_ORIENTATION);
        }
      }
      return 1;
    } catch (ImageProcessingException | MetadataException e) {
      // Broken metadata says nothing about how the pixels lie, and they have been decoded.
      return 1;
    }
  }

  /** The image turned upright from one of EXIF's eight orientations; itself from another number. */
  static RgbImage turn(RgbImage image, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return image;
    }
    int width = image.width();
    int height = image.height();
    int turnedWidth = orientation >= 5 ? height : width;
    int turnedHeight = orientation >= 5 ? width : height;
    byte[] from = image.pixels();
    byte[] to = new byte[from.length];
    int at = 0;
    for (int y = 0; y < turnedHeight; y++) {
      for (int x = 0; x < turnedWidth; x++) {
        int column =
            switch (orientation) {
              case 2, 3 -> width - 1 - x;
              case 4 -> x;
              case 5, 6 -> y;
              default -> width - 1 - y;
            };
        int row =
            switch (orientation) {
              case 2 -> y;
              case 3, 4 -> height - 1 - y;
              case 5, 8 -> x;
              default -> height - 1 - x;
            };
        System.arraycopy(from, (row * width + column) * 3, to, at, 3);
        at += 3;
      }
    }
    return new RgbImage(turnedWidth, turnedHeight, to);
  }
}
