package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.apache.spark.sql.Column;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.table.Tables;

/**
 * What embedding an image costs, roughly, in nanoseconds of one core: enough to make tasks of like
 * length, no forecast of their time. docs/decisions/0011 says how the numbers were measured.
 *
 * @param perImage for opening and resizing it, and for the network
 * @param perByte of the encoded image, for reading and decoding
 * @param mostBytes beyond which an image is rejected unread
 */
record ImageCost(long perImage, long perByte, long mostBytes) {
  private static final long OPENING_AND_RESIZING = 1_000_000;
  private static final long PER_ENCODED_BYTE = 50;

  /** Networks of one family use each of their weights about equally often. */
  private static final double PER_BYTE_OF_WEIGHTS = 0.9;

  /** The cost with a backbone; on a GPU the network's own time is left out, being small. */
  static ImageCost of(BackboneFolder model, EmbeddingSettings settings) {
    long network =
        settings.device() == ComputeDevice.GPU
            ? 0
            : Math.round(PER_BYTE_OF_WEIGHTS * bytesOf(model)) * model.spec().views().size();
    return new ImageCost(
        OPENING_AND_RESIZING + network, PER_ENCODED_BYTE, settings.limits().maxBytes());
  }

  private static long bytesOf(BackboneFolder model) {
    try {
      return Files.size(model.torchScript());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cost of a row of {@link Tables#LISTING}; one of unknown size counts as without a byte. */
  Column column() {
    Column bytes = coalesce(col(Tables.SIZE_BYTES), lit(0L));
    return lit(perImage)
        .plus(when(bytes.gt(mostBytes), lit(0L)).otherwise(bytes.multiply(lit(perByte))));
  }
}
