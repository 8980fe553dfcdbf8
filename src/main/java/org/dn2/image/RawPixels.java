package org.dn2.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import javax.imageio.IIOException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;

/**
 * Turns the samples of a decoded image into RGB by arithmetic alone. {@link BufferedImage#getRGB}
 * would take gray for linear light and brighten it, and would apply color profiles.
 */
final class RawPixels {
  private RawPixels() {}

  /** The image's pixels; alpha and transparency are dropped. */
  static RgbImage of(BufferedImage image) throws IIOException, UndecodableImageException {
    return of(image, SampleBits.MOST);
  }

  /**
   * The image's pixels; alpha and transparency are dropped.
   *
   * @param deepBits how many of the lowest bits of 16-bit samples are used, 8 to 16; what lies
   *     above is white
   * @throws UndecodableImageException if samples in floating point are not from 0 to 1
   */
  static RgbImage of(BufferedImage image, int deepBits)
      throws IIOException, UndecodableImageException {
    ColorModel colors = image.getColorModel();
    if (colors instanceof IndexColorModel palette) {
      int[] red = new int[palette.getMapSize()];
      int[] green = new int[red.length];
      int[] blue = new int[red.length];
      for (int i = 0; i < red.length; i++) {
        red[i] = palette.getRed(i);
        green[i] = palette.getGreen(i);
        blue[i] = palette.getBlue(i);
      }
      return ofPalette(image.getRaster(), red, green, blue);
    }
    if (colors instanceof DirectColorModel masks) {
      return ofMasks(image.getRaster(), masks);
    }
    return ofComponents(image.getRaster(), colors, deepBits);
  }

  /** As {@link #of}, but with a TIFF's palette as it is stored; the JDK's is one level too dark. */
  static RgbImage ofTiff(BufferedImage image, IIOMetadata metadata, int deepBits)
      throws IIOException, UndecodableImageException {
    TIFFField colorMap =
        TIFFDirectory.createFromMetadata(metadata).getTIFFField(BaselineTIFFTagSet.TAG_COLOR_MAP);
    if (colorMap == null || !(image.getColorModel() instanceof IndexColorModel)) {
      return of(image, deepBits);
    }
    int size = colorMap.getCount() / 3;
    int[] red = new int[size];
    int[] green = new int[size];
    int[] blue = new int[size];
    for (int i = 0; i < size; i++) {
      red[i] = colorMap.getAsInt(i) >> 8;
      green[i] = colorMap.getAsInt(size + i) >> 8;
      blue[i] = colorMap.getAsInt(2 * size + i) >> 8;
    }
    return ofPalette(image.getRaster(), red, green, blue);
  }

  private static RgbImage ofPalette(Raster raster, int[] red, int[] green, int[] blue) {
    int width = raster.getWidth();
    byte[] rgb = allocate(raster);
    int[] line = new int[width];
    int to = 0;
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + row, width, 1, 0, line);
      for (int index : line) {
        // An index beyond the palette is black, as in Pillow.
        if (index < red.length) {
          rgb[to] = (byte) red[index];
          rgb[to + 1] = (byte) green[index];
          rgb[to + 2] = (byte) blue[index];
        }
        to += RgbImage.CHANNELS;
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  /** Packed pixels: 8 bits of each color as they are, fewer (in a BMP) stretched to 0..255. */
  private static RgbImage ofMasks(Raster raster, DirectColorModel masks) {
    int width = raster.getWidth();
    byte[] rgb = allocate(raster);
    int[] line = new int[width * raster.getNumBands()];
    int[] largest = new int[RgbImage.CHANNELS];
    for (int band = 0; band < largest.length; band++) {
      largest[band] = (1 << masks.getComponentSize(band)) - 1;
    }
    int to = 0;
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int from = 0; from < line.length; from += raster.getNumBands()) {
        for (int band = 0; band < RgbImage.CHANNELS; band++) {
          rgb[to++] = (byte) (line[from + band] * 255 / largest[band]);
        }
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  private static RgbImage ofComponents(Raster raster, ColorModel colors, int deepBits)
      throws IIOException, UndecodableImageException {
    int shift =
        switch (raster.getTransferType()) {
          case DataBuffer.TYPE_BYTE, DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> 0;
          case DataBuffer.TYPE_USHORT -> deepBits - Byte.SIZE;
          default ->
              throw new IIOException(
                  ("samples of %d bits can only be whole numbers of up to 16 bits without a sign,"
                          + " or in floating point")
                      .formatted(DataBuffer.getDataTypeSize(raster.getTransferType())));
        };
    int type = colors.getColorSpace().getType();
    int bands = raster.getNumBands();
    int needed =
        switch (type) {
          case ColorSpace.TYPE_GRAY -> 1;
          case ColorSpace.TYPE_RGB -> 3;
          case ColorSpace.TYPE_CMYK -> 4;
          default -> throw new IIOException("the color space is none of gray, RGB and CMYK");
        };
    if (bands < needed || !(colors instanceof ComponentColorModel)) {
      throw new IIOException("%d bands with %s".formatted(bands, colors));
    }
    if (raster.getTransferType() == DataBuffer.TYPE_FLOAT
        || raster.getTransferType() == DataBuffer.TYPE_DOUBLE) {
      return ofFloats(raster, needed);
    }
    int width = raster.getWidth();
    byte[] rgb = allocate(raster);
    int[] line = new int[width * bands];
    int to = 0;
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int from = 0; from < line.length; from += bands) {
        for (int band = 0; band < RgbImage.CHANNELS; band++) {
          int sample = Math.min(255, line[from + (needed == 1 ? 0 : band)] >> shift);
          rgb[to++] = (byte) (needed == 4 ? withoutInk(sample, line[from + 3] >> shift) : sample);
        }
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  private static RgbImage ofFloats(Raster raster, int colors)
      throws IIOException, UndecodableImageException {
    if (colors > RgbImage.CHANNELS) {
      throw new IIOException("inks can only be whole numbers");
    }
    int bands = raster.getNumBands();
    int width = raster.getWidth();
    byte[] rgb = allocate(raster);
    double[] line = new double[width * bands];
    int to = 0;
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int from = 0; from < line.length; from += bands) {
        for (int band = 0; band < RgbImage.CHANNELS; band++) {
          rgb[to++] = UnitRange.toByte(line[from + (colors == 1 ? 0 : band)]);
        }
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  /** Pillow's {@code cmyk2rgb} for one color. */
  static int withoutInk(int ink, int black) {
    int light = 255 - black;
    int product = ink * light + 128;
    return Math.max(0, light - (((product >> 8) + product) >> 8));
  }

  private static byte[] allocate(Raster raster) {
    return new byte
        [Math.multiplyExact(
            Math.multiplyExact(raster.getWidth(), raster.getHeight()), RgbImage.CHANNELS)];
  }
}
