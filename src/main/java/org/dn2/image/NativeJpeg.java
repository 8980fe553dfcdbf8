package org.dn2.image;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One JPEG in the hands of libjpeg-turbo, through its TurboJPEG interface: accurate inverse cosine
 * transform and smooth chroma, hence the pixels that Pillow gives, and on request at a half, a
 * quarter or an eighth of the size. Gray and three-component files only.
 *
 * <p>The library may write only into memory of the size that was read from the header and allowed
 * before; it is never given a Java array. Not for use by several threads at once.
 */
final class NativeJpeg implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NativeJpeg.class);

  /** {@code TJPF_RGB} of turbojpeg.h. */
  private static final int RGB = 0;

  /** No flags: the accurate transform, and chroma upsampled by the triangle filter. */
  private static final int ACCURATE = 0;

  private final Pointer decompressor;
  private final Memory file;
  private final int width;
  private final int height;

  /** The functions of turbojpeg.h, version 2.0 or later; 0 is success. */
  private static final class TurboJpeg {
    static native Pointer tjInitDecompress();

    static native int tjDecompressHeader3(
        Pointer decompressor,
        Pointer file,
        NativeLong bytes,
        int[] width,
        int[] height,
        int[] subsampling,
        int[] colorspace);

    static native int tjDecompress2(
        Pointer decompressor,
        Pointer file,
        NativeLong bytes,
        Pointer pixels,
        int width,
        int rowBytes,
        int height,
        int pixelFormat,
        int flags);

    static native int tjDestroy(Pointer decompressor);
  }

  /** The library is loaded when this class is, once per JVM. */
  private static final class Loading {
    static final boolean SUCCEEDED = load();

    /**
     * Decodes a small image while other threads wait: the library notes the processor's features at
     * the first decoding, without a lock, and an older JNA on a cluster's class path may lack what
     * decoding uses.
     */
    private static void decodeOnce() throws IOException {
      ByteArrayOutputStream encoded = new ByteArrayOutputStream();
      ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "jpeg", encoded);
      byte[] bytes = encoded.toByteArray();
      Pointer decompressor = TurboJpeg.tjInitDecompress();
      try (Memory file = new Memory(bytes.length);
          Memory pixels = new Memory(64 * 64 * RgbImage.CHANNELS)) {
        file.write(0, bytes, 0, bytes.length);
        NativeLong length = new NativeLong(bytes.length);
        int status =
            TurboJpeg.tjDecompress2(
                decompressor, file, length, pixels, 64, 64 * RgbImage.CHANNELS, 64, RGB, ACCURATE);
        if (status != 0) {
          throw new IOException("it does not decode an image of 64 x 64 pixels");
        }
      } finally {
        TurboJpeg.tjDestroy(decompressor);
      }
    }

    private static boolean load() {
      try {
        File library =
            Native.extractFromResourcePath("/libturbojpeg.so", NativeJpeg.class.getClassLoader());
        Native.register(TurboJpeg.class, NativeLibrary.getInstance(library.getPath()));
        decodeOnce();
        return true;
      } catch (IOException | LinkageError e) {
        LOG.warn(
            "libjpeg-turbo cannot be loaded here; the JDK decodes JPEGs, more slowly and always in"
                + " full: {}",
            e.toString());
        return false;
      }
    }
  }

  /**
   * Takes a file and reads its header.
   *
   * @throws IllegalStateException if the library is not available
   */
  NativeJpeg(byte[] encoded) {
    if (!isAvailable()) {
      throw new IllegalStateException("libjpeg-turbo could not be loaded.");
    }
    file = new Memory(encoded.length);
    file.write(0, encoded, 0, encoded.length);
    decompressor = TurboJpeg.tjInitDecompress();
    int[] widthOut = new int[1];
    int[] heightOut = new int[1];
    boolean isUnderstood =
        decompressor != null
            && TurboJpeg.tjDecompressHeader3(
                    decompressor,
                    file,
                    new NativeLong(file.size()),
                    widthOut,
                    heightOut,
                    new int[1],
                    new int[1])
                == 0;
    width = isUnderstood ? widthOut[0] : 0;
    height = isUnderstood ? heightOut[0] : 0;
  }

  /** Whether this machine can load the library; if not, the log says why, once. */
  static boolean isAvailable() {
    return Loading.SUCCEEDED;
  }

  /** The width in pixels; 0 if the library does not understand the header. */
  int width() {
    return width;
  }

  /** The height in pixels; 0 if the library does not understand the header. */
  int height() {
    return height;
  }

  /**
   * The pixels, or nothing if the library has any complaint, such as a missing end or damaged data.
   *
   * @param denominator 1, 2, 4 or 8: both sides are divided by it, rounded up
   */
  Optional<RgbImage> decode(int denominator) {
    int reducedWidth = (width + denominator - 1) / denominator;
    int reducedHeight = (height + denominator - 1) / denominator;
    int rowBytes = reducedWidth * RgbImage.CHANNELS;
    byte[] pixels = new byte[Math.multiplyExact(rowBytes, reducedHeight)];
    try (Memory decoded = new Memory(pixels.length)) {
      int status =
          TurboJpeg.tjDecompress2(
              decompressor,
              file,
              new NativeLong(file.size()),
              decoded,
              reducedWidth,
              rowBytes,
              reducedHeight,
              RGB,
              ACCURATE);
      if (status != 0) {
        return Optional.empty();
      }
      decoded.read(0, pixels, 0, pixels.length);
    }
    return Optional.of(new RgbImage(reducedWidth, reducedHeight, pixels));
  }

  @Override
  public void close() {
    if (decompressor != null) {
      TurboJpeg.tjDestroy(decompressor);
    }
    file.close();
  }
}
