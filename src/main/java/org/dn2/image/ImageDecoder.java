package org.dn2.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import org.dn2.table.Crop;

/**
 * Decodes JPEG, PNG, GIF (first frame), BMP, TIFF, WebP (first frame) and the Netpbm formats to the
 * pixels that Pillow's {@code Image.open(file).convert("RGB")} gives: gray repeats, transparency is
 * dropped without compositing, embedded color profiles are ignored. Pillow turns TIFFs upright, and
 * so does this. The differences: of 16-bit samples the highest 8 of the bits in use count, where
 * Pillow 9 clips gray above 255 to white; and samples in floating point are from 0 (black) to 1
 * (white), where Pillow clips them to 0 to 255.
 *
 * <p>libjpeg-turbo decodes gray and color JPEGs where this machine can load it, libwebp WebP, the
 * JDK all else.
 *
 * <p>Whatever a file holds, the answer is pixels or a reason; safe for use by several threads.
 *
 * @param limits beyond which an image is rejected before its pixels are allocated
 * @param orientation whether EXIF turns are applied, to other files than TIFF
 * @param sampleBits how many bits are in use where samples have 16
 */
public record ImageDecoder(DecodeLimits limits, ExifOrientation orientation, SampleBits sampleBits)
    implements Serializable {

  /** The default limits; EXIF turns are ignored. */
  public static final ImageDecoder DEFAULT =
      new ImageDecoder(DecodeLimits.DEFAULT, ExifOrientation.IGNORE);

  /** Photographs up to this size keep Pillow's pixels exactly, whatever they are decoded for. */
  private static final int LEAST_PIXELS_TO_SCALE = 4_000_000;

  /** A JPEG decoded at a reduced size keeps at least this many times the side it is resized to. */
  private static final int LEAST_OVERSIZE = 2;

  public ImageDecoder {
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(orientation, "orientation");
    Objects.requireNonNull(sampleBits, "sampleBits");
  }

  /** A decoder that believes what files say of the bits in use. */
  public ImageDecoder(DecodeLimits limits, ExifOrientation orientation) {
    this(limits, orientation, SampleBits.AUTO);
  }

  /**
   * The image's pixels.
   *
   * @param file an encoded image, whole
   * @throws UndecodableImageException with the reason, if there are no pixels to be had
   */
  public RgbImage decode(byte[] file) throws UndecodableImageException {
    return decode(file, bits -> {});
  }

  /**
   * The image's pixels.
   *
   * @param file an encoded image, whole
   * @param fewBits told how many bits the largest sample needs, if samples of 16 bits are taken to
   *     use them all because nothing says otherwise, and 14 would do: the image comes out dark
   * @throws UndecodableImageException with the reason, if there are no pixels to be had
   */
  public RgbImage decode(byte[] file, IntConsumer fewBits) throws UndecodableImageException {
    return decode(file, Integer.MAX_VALUE, fewBits);
  }

  /**
   * The image's pixels for a geometry to be applied to the whole image: as {@link #decode(byte[])},
   * except that a JPEG of more than {@value #LEAST_PIXELS_TO_SCALE} pixels is decoded at a half, a
   * quarter or an eighth of its size, the smallest that keeps both sides at twice the size it is
   * resized to or more. Where libjpeg-turbo is not available, or finds fault with the file, it is
   * decoded in full.
   *
   * @param file an encoded image, whole
   * @throws UndecodableImageException with the reason, if there are no pixels to be had
   */
  public RgbImage decodeFor(InputGeometry geometry, byte[] file) throws UndecodableImageException {
    return decodeFor(geometry, file, null, bits -> {});
  }

  /**
   * As {@link #decodeFor(InputGeometry, byte[])}, but a part is cut out of the image in full size.
   *
   * @param crop null for the whole image
   * @param fewBits as for {@link #decode(byte[], IntConsumer)}
   * @throws UndecodableImageException also if the part reaches beyond the image
   */
  public RgbImage decodeFor(InputGeometry geometry, byte[] file, Crop crop, IntConsumer fewBits)
      throws UndecodableImageException {
    return crop == null
        ? decode(file, LEAST_OVERSIZE * geometry.resizeSize(), fewBits)
        : cut(crop, decode(file, fewBits));
  }

  private static RgbImage cut(Crop crop, RgbImage image) throws UndecodableImageException {
    if ((long) crop.x() + crop.width() > image.width()
        || (long) crop.y() + crop.height() > image.height()) {
      throw new UndecodableImageException(
          RejectReason.UNSUPPORTED,
          "The crop of %dx%d pixels at %d,%d reaches beyond the image of %dx%d pixels."
              .formatted(
                  crop.width(), crop.height(), crop.x(), crop.y(), image.width(), image.height()));
    }
    return image.crop(crop.x(), crop.y(), crop.width(), crop.height());
  }

  private RgbImage decode(byte[] file, int leastSide, IntConsumer fewBits)
      throws UndecodableImageException {
    Objects.requireNonNull(file, "file");
    if (file.length == 0) {
      throw new UndecodableImageException(RejectReason.EMPTY, "The file has no bytes.");
    }
    if (file.length > limits.maxBytes()) {
      throw new UndecodableImageException(
          RejectReason.TOO_LARGE,
          "The file has %d bytes; the limit is %d.".formatted(file.length, limits.maxBytes()));
    }
    ImageFormat format = ImageFormat.of(file);
    if (format == ImageFormat.UNKNOWN) {
      throw new UndecodableImageException(
          RejectReason.NOT_AN_IMAGE, "The file begins as no known image format does.");
    }
    if (!format.isRead()) {
      throw new UndecodableImageException(
          RejectReason.UNSUPPORTED,
          "%s images cannot be read; convert the file to PNG or JPEG.".formatted(format.title()));
    }
    try {
      RgbImage image =
          switch (format) {
            case WEBP -> readWebP(file);
            case NETPBM -> readNetpbm(file, fewBits);
            default -> read(format, file, leastSide, fewBits);
          };
      return orientation == ExifOrientation.APPLY && format != ImageFormat.TIFF
          ? ExifTurn.upright(image, file)
          : image;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // The JDK's readers throw all of these on malformed files.
      if (EarlyEnd.isBehind(e)
          || (format == ImageFormat.PNG && EarlyEnd.lacksPngEnd(file))
          || (format == ImageFormat.JPEG && EarlyEnd.lacksJpegEnd(file))) {
        throw truncated(format, file, e);
      }
      throw new UndecodableImageException(
          RejectReason.UNSUPPORTED,
          "The %s cannot be decoded: %s".formatted(format.title(), rootMessage(e)),
          e);
    }
  }

  private RgbImage readWebP(byte[] file) throws UndecodableImageException {
    WebPContainer place = WebPContainer.of(file);
    if (place.width() > 0) {
      limits.requireWithin(place.width(), place.height());
    }
    try (NativeWebP picture = new NativeWebP(file, place)) {
      limits.requireWithin(picture.width(), picture.height());
      if (!place.holds(picture.width(), picture.height())) {
        throw WebPContainer.damaged("its picture is larger than its canvas");
      }
      return place.paint(picture.decode());
    }
  }

  private RgbImage readNetpbm(byte[] file, IntConsumer fewBits) throws UndecodableImageException {
    Netpbm netpbm = new Netpbm(file);
    limits.requireWithin(netpbm.width(), netpbm.height());
    RgbImage image = netpbm.decode(sampleBits.isAuto() ? SampleBits.MOST : sampleBits.bits());
    if (sampleBits.isAuto() && netpbm.isOfSixteenBits()) {
      DeepSamples.tellIfFew(netpbm.bitsUsed(), fewBits);
    }
    return image;
  }

  private RgbImage read(ImageFormat format, byte[] file, int leastSide, IntConsumer fewBits)
      throws IOException, UndecodableImageException {
    JpegColors jpegColors = format == ImageFormat.JPEG ? JpegColors.of(file) : null;
    if (jpegColors != null && jpegColors.isKnownToNativeJpeg() && NativeJpeg.isAvailable()) {
      Optional<RgbImage> image = readNatively(file, leastSide);
      if (image.isPresent()) {
        return image.get();
      }
    }
    ImageReader reader = jdkReader(format);
    List<String> warnings = new ArrayList<>();
    try (ByteArrayImageInput input =
        format == ImageFormat.BMP ? BitmapHeader.trusted(file) : new ByteArrayImageInput(file)) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      // Metadata is kept only where a format's pixels depend on it.
      reader.setInput(input, true, format == ImageFormat.JPEG || format == ImageFormat.PNG);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      limits.requireWithin(width, height);
      RgbImage image;
      if (jpegColors != null) {
        Raster raster = reader.readRaster(0, null);
        if (raster.getNumBands() != jpegColors.components()) {
          throw new IIOException(
              "%d components were announced, %d decoded"
                  .formatted(jpegColors.components(), raster.getNumBands()));
        }
        image = new RgbImage(width, height, jpegColors.toRgb(raster));
      } else if (format == ImageFormat.GIF) {
        GifCanvas canvas = GifCanvas.of(reader);
        limits.requireWithin(canvas.width(), canvas.height());
        image = canvas.paint(reader.read(0));
      } else {
        BufferedImage decoded = reader.read(0);
        IIOMetadata tags = format == ImageFormat.TIFF ? reader.getImageMetadata(0) : null;
        int deepBits = DeepSamples.bits(decoded, tags, file, sampleBits, fewBits);
        image =
            tags == null
                ? RawPixels.of(decoded, deepBits)
                : ExifTurn.turn(
                    RawPixels.ofTiff(decoded, tags, deepBits),
                    (int) DeepSamples.number(tags, BaselineTIFFTagSet.TAG_ORIENTATION));
      }
      if (warnings.stream().anyMatch(EarlyEnd::isMeantBy)
          || (format == ImageFormat.JPEG && EarlyEnd.lacksJpegEnd(file))) {
        throw truncated(format, file, null);
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  /** Nothing if libjpeg-turbo finds fault with the file: the JDK then says what it makes of it. */
  private Optional<RgbImage> readNatively(byte[] file, int leastSide)
      throws UndecodableImageException {
    try (NativeJpeg jpeg = new NativeJpeg(file)) {
      if (jpeg.width() < 1 || jpeg.height() < 1) {
        return Optional.empty();
      }
      limits.requireWithin(jpeg.width(), jpeg.height());
      return jpeg.decode(denominator(jpeg.width(), jpeg.height(), leastSide));
    }
  }

  /** By how much both sides of an image may be divided while decoding: 1, 2, 4 or 8. */
  private static int denominator(int width, int height, int leastSide) {
    int denominator = 1;
    if (Math.multiplyFull(width, height) > LEAST_PIXELS_TO_SCALE) {
      while (denominator < 8 && Math.min(width, height) / (2 * denominator) >= leastSide) {
        denominator *= 2;
      }
    }
    return denominator;
  }

  /** The JDK's own reader, even where the class path offers others, so that pixels are the same. */
  private static ImageReader jdkReader(ImageFormat format) {
    for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.readerName());
        readers.hasNext(); ) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
        return reader;
      }
    }
    throw new AssertionError("this Java runtime has no reader for " + format.title());
  }

  private static UndecodableImageException truncated(
      ImageFormat format, byte[] file, Throwable cause) {
    return new UndecodableImageException(
        RejectReason.TRUNCATED,
        "The %s ends before its last pixel, after %d bytes.".formatted(format.title(), file.length),
        cause);
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
