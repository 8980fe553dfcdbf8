package org.dn2.embedding;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.dn2.image.RgbImage;

/**
 * Normalized pixels on their way into the network: a native buffer of {@code
 * float[batchSize][cropSize][cropSize][3]}, filled anew for every batch.
 */
final class PixelBatch implements AutoCloseable {
  private static final int LEVELS = 256;

  private final int cropSize;
  private final PixelBuffers buffers;
  private final ByteBuffer bytes;

  /** {@code [channel * LEVELS + level]}: what a pixel's level becomes. */
  private final float[] normalized = new float[3 * LEVELS];

  /**
   * @param buffers that lend the batch its bytes until it is closed
   */
  PixelBatch(ModelSpec spec, int batchSize, PixelBuffers buffers) {
    this.cropSize = spec.cropSize();
    this.buffers = buffers;
    this.bytes = buffers.borrow(Math.multiplyExact(batchSize, bytesPerImage()));
    for (int channel = 0; channel < 3; channel++) {
      for (int level = 0; level < LEVELS; level++) {
        normalized[channel * LEVELS + level] =
            (float) ((level - spec.mean().get(channel)) / spec.standardDeviation().get(channel));
      }
    }
  }

  private int bytesPerImage() {
    return cropSize * cropSize * 3 * Float.BYTES;
  }

  int cropSize() {
    return cropSize;
  }

  /** The buffer holding just the given images, each {@code cropSize} pixels wide and high. */
  ByteBuffer fill(List<RgbImage> images) {
    bytes.clear();
    FloatBuffer floats = bytes.asFloatBuffer();
    float[] row = new float[cropSize * cropSize * 3];
    for (RgbImage image : images) {
      byte[] levels = image.pixels();
      for (int i = 0; i < row.length; i += 3) {
        row[i] = normalized[levels[i] & 0xff];
        row[i + 1] = normalized[LEVELS + (levels[i + 1] & 0xff)];
        row[i + 2] = normalized[2 * LEVELS + (levels[i + 2] & 0xff)];
      }
      floats.put(row);
    }
    bytes.limit(images.size() * bytesPerImage());
    return bytes;
  }

  /**
   * Wraps pixels (N,H,W,3) as a tensor (N,3,H,W) without moving them: the strides are what PyTorch
   * calls channels last, the order in which oneDNN's convolutions are fastest.
   */
  static NDArray tensor(NDManager manager, ByteBuffer pixels, int cropSize) {
    long images = pixels.remaining() / ((long) cropSize * cropSize * 3 * Float.BYTES);
    return manager
        .create(pixels, new Shape(images, cropSize, cropSize, 3), DataType.FLOAT32)
        .transpose(0, 3, 1, 2);
  }

  @Override
  public void close() {
    buffers.giveBack(bytes);
  }
}
