package org.dn2.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;

/** What a file with samples of more than 8 bits says of the bits that they use. */
final class DeepSamples {
  /** Below a quarter of the range; images as dark as that are rarely meant. */
  private static final int FEW = SampleBits.MOST - 2;

  private DeepSamples() {}

  /**
   * How many of the lowest bits of 16-bit samples count, 8 to 16.
   *
   * @param decoded of any samples; the answer is 16 where they do not have 16 bits in the file
   * @param tags a TIFF's, null for another format
   * @param file that the image was decoded from
   * @param told by the user
   * @param fewBits told the bits in use, if that says nothing, nor does the file, and they are few
   */
  static int bits(
      BufferedImage decoded, IIOMetadata tags, byte[] file, SampleBits told, IntConsumer fewBits) {
    if (decoded.getRaster().getTransferType() != DataBuffer.TYPE_USHORT
        || !(decoded.getColorModel() instanceof ComponentColorModel colors)
        || colors.getComponentSize(0) < SampleBits.MOST) {
      // The JDK stretches samples that are stored in 9 to 15 bits to 16.
      return SampleBits.MOST;
    }
    if (tags != null
        && number(tags, BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION)
            == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_WHITE_IS_ZERO) {
      // The JDK has turned samples around within 16 bits: unused bits are the highest levels.
      return SampleBits.MOST;
    }
    if (!told.isAuto()) {
      return told.bits();
    }
    int named = tags == null ? ofPng(file, decoded.getRaster()) : ofTiff(tags);
    if (named == 0) {
      tellIfFew(used(decoded.getRaster()), fewBits);
      return SampleBits.MOST;
    }
    return named;
  }

  /** Tells how many bits are in use, if they are few. */
  static void tellIfFew(int bits, IntConsumer fewBits) {
    if (bits <= FEW) {
      fewBits.accept(bits);
    }
  }

  /**
   * The bits that a TIFF names by the largest value of a sample, if that value is all ones, such as
   * 1023 for 10 bits; 0 if it names none. Another value is a statistic of this one image, which
   * must not change what its samples mean.
   */
  private static int ofTiff(IIOMetadata metadata) {
    int[] tags = {
      BaselineTIFFTagSet.TAG_S_MAX_SAMPLE_VALUE, BaselineTIFFTagSet.TAG_MAX_SAMPLE_VALUE
    };
    for (int tag : tags) {
      int bits = allOnes(number(metadata, tag));
      if (bits >= SampleBits.LEAST && bits <= SampleBits.MOST) {
        return bits;
      }
    }
    return 0;
  }

  private static int allOnes(long value) {
    return value > 0 && (value & (value + 1)) == 0 ? Long.bitCount(value) : 0;
  }

  /** The first whole number of a TIFF's field; 0 if there is none. */
  static long number(IIOMetadata metadata, int tag) {
    TIFFField field = tiffField(metadata, tag);
    return field != null && field.isIntegral() && field.getCount() > 0 ? field.getAsLong(0) : 0;
  }

  private static TIFFField tiffField(IIOMetadata metadata, int tag) {
    try {
      return TIFFDirectory.createFromMetadata(metadata).getTIFFField(tag);
    } catch (IIOInvalidTreeException e) {
      throw new IllegalStateException("the JDK cannot read its own metadata", e);
    }
  }

  /**
   * The bits that a PNG's sBIT chunk names, if its samples lie in the lowest so many bits; 0 where
   * it names none, or where they fill 16 bits as the standard demands. The standard's samples have
   * the named bits above, and below zeros or the same bits again.
   *
   * @param file with samples of 16 bits
   * @param raster its samples
   */
  private static int ofPng(byte[] file, Raster raster) {
    int bits = namedByPng(file);
    if (bits < SampleBits.LEAST || bits >= SampleBits.MOST) {
      return 0;
    }
    int below = SampleBits.MOST - bits;
    boolean isLow = !hasSample(raster, sample -> sample >= 1 << bits);
    boolean isOdd =
        isLow
            && hasSample(
                raster,
                sample -> {
                  int lowest = sample & ((1 << below) - 1);
                  return lowest != 0 && lowest != sample >> below >> (bits - below);
                });
    return isOdd ? bits : 0;
  }

  private static int namedByPng(byte[] file) {
    long at = 8;
    while (at + 12 < file.length) {
      int i = (int) at;
      long length =
          (file[i] & 0xffL) << 24
              | (file[i + 1] & 0xff) << 16
              | (file[i + 2] & 0xff) << 8
              | (file[i + 3] & 0xff);
      if (file[i + 4] == 'I' && file[i + 5] == 'D' && file[i + 6] == 'A' && file[i + 7] == 'T') {
        return 0;
      }
      if (file[i + 4] == 's' && file[i + 5] == 'B' && file[i + 6] == 'I' && file[i + 7] == 'T') {
        int most = 0;
        int colors = length >= RgbImage.CHANNELS ? RgbImage.CHANNELS : 1;
        for (int color = 0; color < colors && i + 8 + color < file.length; color++) {
          most = Math.max(most, file[i + 8 + color] & 0xff);
        }
        return most;
      }
      at += length + 12;
    }
    return 0;
  }

  /** How many bits the largest color sample needs. */
  private static int used(Raster raster) {
    int[] all = {0};
    hasSample(
        raster,
        sample -> {
          all[0] |= sample;
          return false;
        });
    return Integer.SIZE - Integer.numberOfLeadingZeros(all[0]);
  }

  private static boolean hasSample(Raster raster, IntPredicate wanted) {
    int bands = raster.getNumBands();
    int colors = bands < RgbImage.CHANNELS ? 1 : RgbImage.CHANNELS;
    int width = raster.getWidth();
    int[] line = new int[width * bands];
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int from = 0; from < line.length; from += bands) {
        for (int color = 0; color < colors; color++) {
          if (wanted.test(line[from + color])) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
