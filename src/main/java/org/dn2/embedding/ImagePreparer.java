package org.dn2.embedding;

import java.util.Comparator;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.dn2.image.ImageDecoder;
import org.dn2.image.ImageFile;
import org.dn2.image.InputGeometry;
import org.dn2.image.RejectReason;
import org.dn2.image.RgbImage;
import org.dn2.image.TableContents;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.ContentPlace;
import org.dn2.table.Crop;
import org.dn2.table.Tables;

/**
 * Reads, decodes and resizes one listed image. Whatever is wrong with the image or its file becomes
 * a rejected outcome. What the store or the machine is at fault for is thrown.
 */
final class ImagePreparer implements AutoCloseable {
  private final Configuration hadoop;
  private final EmbeddingSettings settings;
  private final TableContents tables;
  private final ImageDecoder decoder;
  private final List<InputGeometry> geometries;
  private final InputGeometry largest;

  /**
   * An outcome in the making: rejected, or with the pixels whose embeddings it awaits.
   *
   * @param views an image for each of the model's views; null if rejected
   */
  record Prepared(ImageOutcome outcome, List<RgbImage> views) {
    boolean isRejected() {
      return views == null;
    }
  }

  ImagePreparer(Configuration hadoop, ModelSpec spec, EmbeddingSettings settings) {
    this.hadoop = hadoop;
    this.settings = settings;
    this.tables = new TableContents(hadoop);
    this.decoder = settings.decoder();
    this.geometries = spec.geometries();
    this.largest =
        geometries.stream().max(Comparator.comparingInt(InputGeometry::resizeSize)).orElseThrow();
  }

  /**
   * An image whose length is known, or that was rejected.
   *
   * @param content its bytes, if they were in a table
   * @param file where its bytes are, if not in a table; null if rejected
   */
  record Looked(Row image, ImageOutcome outcome, byte[] content, ImageFile file) {}

  /** An image whose bytes are at hand, or that was rejected because they are not. */
  record Read(Row image, ImageOutcome outcome, byte[] bytes) {}

  /**
   * Looks at an image's file, unless its length is known; reads it where it is in a table.
   *
   * @param image a row of {@link Tables#LISTING}
   */
  Looked look(Row image) {
    ImageOutcome outcome = new ImageOutcome();
    outcome.setImageId(image.getAs(Tables.IMAGE_ID));
    outcome.setPath(image.getAs(Tables.PATH));
    outcome.setSizeBytes(image.getAs(Tables.SIZE_BYTES));
    outcome.setModifiedAt(image.getAs(Tables.MODIFIED_AT));
    outcome.setLabel(image.getAs(Tables.LABEL));
    outcome.setGroupId(image.getAs(Tables.GROUP_ID));
    if (image.schema().getFieldIndex(Tables.LISTED_AS).isDefined()) {
      outcome.setListedAs(image.getAs(Tables.LISTED_AS));
    }
    try {
      ContentPlace place = ContentPlace.of(image);
      if (place != null) {
        return new Looked(image, outcome, tables.at(place), null);
      }
      ImageFile file = ImageFile.at(outcome.getPath(), outcome.getSizeBytes(), hadoop);
      outcome.setSizeBytes(file.sizeBytes());
      return new Looked(image, outcome, null, file);
    } catch (UndecodableImageException e) {
      reject(outcome, e.reason(), e.getMessage());
      return new Looked(image, outcome, null, null);
    } catch (OutOfMemoryError e) {
      throw ClusterFaultException.outOfMemory(outcome.getImageId(), e);
    }
  }

  @Override
  public void close() {
    tables.close();
  }

  /** How many bytes will be held: none of an image that is rejected for its length. */
  long bytesOf(Looked looked) {
    if (looked.content() != null) {
      return looked.content().length;
    }
    long bytes = looked.file() == null ? 0 : looked.file().sizeBytes();
    return bytes > settings.limits().maxBytes() ? 0 : bytes;
  }

  /** Reads an image's file, unless its bytes are at hand or it was rejected. */
  Read read(Looked looked) {
    Row image = looked.image();
    ImageOutcome outcome = looked.outcome();
    if (looked.file() == null) {
      return new Read(image, outcome, looked.content());
    }
    try {
      return new Read(image, outcome, looked.file().read(settings.limits()));
    } catch (UndecodableImageException e) {
      outcome.setSizeBytes(looked.file().sizeBytes());
      reject(outcome, e.reason(), e.getMessage());
    } catch (OutOfMemoryError e) {
      throw ClusterFaultException.outOfMemory(outcome.getImageId(), e);
    }
    return new Read(image, outcome, null);
  }

  /** Decodes and resizes an image that was read. */
  Prepared prepare(Read read) {
    ImageOutcome outcome = read.outcome();
    byte[] bytes = read.bytes();
    if (bytes == null) {
      return new Prepared(outcome, null);
    }
    try {
      outcome.setSizeBytes((long) bytes.length);
      outcome.setContentSha256(DigestUtils.sha256Hex(bytes));
      RgbImage decoded =
          decoder.decodeFor(largest, bytes, Crop.of(read.image()), outcome::setFewBits);
      return new Prepared(
          outcome, geometries.stream().map(geometry -> geometry.apply(decoded)).toList());
    } catch (UndecodableImageException e) {
      return reject(outcome, e.reason(), e.getMessage());
    } catch (OutOfMemoryError e) {
      throw ClusterFaultException.outOfMemory(outcome.getImageId(), e);
    }
  }

  static Prepared reject(ImageOutcome outcome, RejectReason reason, String message) {
    outcome.setEmbedding(null);
    outcome.setReason(reason.columnValue());
    outcome.setMessage(message);
    return new Prepared(outcome, null);
  }
}
