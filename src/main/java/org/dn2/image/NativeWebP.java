package org.dn2.image;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bit stream of one WebP picture, lossy or lossless, in the hands of libwebp, hence with the
 * pixels that Pillow gives.
 *
 * <p>The library may write only into memory of the size that was read from the header and allowed
 * before; it is never given a Java array. Not for use by several threads at once.
 */
final class NativeWebP implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NativeWebP.class);

  private final Memory bits;
  private final int width;
  private final int height;

  /** The functions of webp/decode.h. */
  private static final class LibWebP {
    static native int WebPGetInfo(Pointer bits, NativeLong bytes, int[] width, int[] height);

    /** Returns null if it finds fault. */
    static native Pointer WebPDecodeRGBInto(
        Pointer bits, NativeLong bytes, Pointer pixels, NativeLong pixelBytes, int rowBytes);
  }

  /** The library is loaded when this class is, once per JVM. */
  private static final class Loading {
    /** A lossy picture of one pixel. */
    private static final byte[] SMALLEST =
        Base64.getDecoder().decode("cAEAnQEqAQABAAzAziWgAnQBQAAA8YYYTBOuBJWrMIAAAA==");

    static final String FAILURE = load();

    private static String load() {
      try {
        File library =
            Native.extractFromResourcePath(
                "/native/Linux/x86_64/libwebp-imageio.so", NativeWebP.class.getClassLoader());
        Native.register(LibWebP.class, NativeLibrary.getInstance(library.getPath()));
        decodeOnce();
        return null;
      } catch (IOException | LinkageError e) {
        LOG.warn("libwebp cannot be loaded here; WebP images are rejected: {}", e.toString());
        return e.toString();
      }
    }

    /** An older JNA on a cluster's class path may lack what decoding uses. */
    private static void decodeOnce() throws IOException {
      try (Memory bits = new Memory(SMALLEST.length);
          Memory pixel = new Memory(RgbImage.CHANNELS)) {
        bits.write(0, SMALLEST, 0, SMALLEST.length);
        if (decode(bits, pixel, RgbImage.CHANNELS) == null) {
          throw new IOException("it does not decode an image of one pixel");
        }
      }
    }
  }

  /**
   * Takes a bit stream and reads its header.
   *
   * @throws UndecodableImageException if the library cannot be loaded or does not understand the
   *     header (unsupported)
   */
  NativeWebP(byte[] file, WebPContainer place) throws UndecodableImageException {
    if (Loading.FAILURE != null) {
      throw new UndecodableImageException(
          RejectReason.UNSUPPORTED,
          "WebP images cannot be read on this machine, where libwebp cannot be loaded: "
              + Loading.FAILURE);
    }
    if (place.length() < 1) {
      throw WebPContainer.damaged("it has no picture");
    }
    bits = new Memory(place.length());
    bits.write(0, file, place.at(), place.length());
    int[] widthOut = new int[1];
    int[] heightOut = new int[1];
    if (LibWebP.WebPGetInfo(bits, new NativeLong(bits.size()), widthOut, heightOut) == 0) {
      bits.close();
      throw WebPContainer.damaged("the header of its picture is damaged");
    }
    width = widthOut[0];
    height = heightOut[0];
  }

  /** Why the library cannot be loaded here; null if it can. */
  static String failure() {
    return Loading.FAILURE;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /**
   * The pixels.
   *
   * @throws UndecodableImageException if the library finds fault with the bit stream (unsupported)
   */
  RgbImage decode() throws UndecodableImageException {
    int rowBytes = width * RgbImage.CHANNELS;
    byte[] pixels = new byte[Math.multiplyExact(rowBytes, height)];
    try (Memory decoded = new Memory(pixels.length)) {
      if (decode(bits, decoded, rowBytes) == null) {
        throw WebPContainer.damaged("its picture is damaged");
      }
      decoded.read(0, pixels, 0, pixels.length);
    }
    return new RgbImage(width, height, pixels);
  }

  private static Pointer decode(Memory bits, Memory pixels, int rowBytes) {
    return LibWebP.WebPDecodeRGBInto(
        bits, new NativeLong(bits.size()), pixels, new NativeLong(pixels.size()), rowBytes);
  }

  @Override
  public void close() {
    bits.close();
  }
}
