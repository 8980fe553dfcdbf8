package org.dn2.pipeline;

import org.apache.hadoop.conf.Configuration;
import org.dn2.image.ImageDecoder;
import org.dn2.image.ImageFile;
import org.dn2.image.InputGeometry;
import org.dn2.image.RgbImage;
import org.dn2.image.TableContents;
import org.dn2.image.Thumbnails;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and decodes what a page shows, in one task. What cannot be read is left out. */
final class ReadShownImages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadShownImages.class);

  private final ImageDecoder decoder;
  private final Configuration hadoop;
  private final TableContents tables;

  ReadShownImages(ImageDecoder decoder, Configuration hadoop) {
    this.decoder = decoder;
    this.hadoop = hadoop;
    this.tables = new TableContents(hadoop);
  }

  private interface Decode {
    RgbImage of(byte[] bytes) throws UndecodableImageException;
  }

  /** A picture no larger than so many pixels on a side; null where there is none. */
  RgbImage small(ShownImage image, int side) {
    return read(image, "picture", bytes -> new Thumbnails(decoder, side).of(bytes, image.crop()));
  }

  /** The pixels for a geometry to be applied to; null where there are none. */
  RgbImage decodedFor(InputGeometry geometry, ShownImage image) {
    return read(
        image, "heat", bytes -> decoder.decodeFor(geometry, bytes, image.crop(), bits -> {}));
  }

  private RgbImage read(ShownImage image, String what, Decode decode) {
    try {
      return decode.of(
          image.place() == null
              ? ImageFile.at(image.path(), null, hadoop).read(decoder.limits())
              : tables.at(image.place()));
    } catch (UndecodableImageException | UserDataException e) {
      LOG.warn(
          "The {} of {} is left out: {}",
          what,
          Printable.of(image.inWords()),
          Printable.of(String.valueOf(e.getMessage())));
      return null;
    }
  }

  @Override
  public void close() {
    tables.close();
  }
}
