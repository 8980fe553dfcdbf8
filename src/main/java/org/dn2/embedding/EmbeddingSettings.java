package org.dn2.embedding;

import java.io.Serializable;
import org.dn2.image.DecodeLimits;
import org.dn2.image.Decoding;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageDecoder;
import org.dn2.image.SampleBits;
import org.dn2.table.UserDataException;

/**
 * How images are embedded, apart from the model.
 *
 * @param batchSize images per pass through the network, 1 to 1024
 * @param device where the network runs
 * @param limits beyond which an image is rejected instead of decoded
 * @param orientation whether a camera's rotation mark is followed
 * @param sampleBits how many bits samples of 16 use
 */
public record EmbeddingSettings(
    int batchSize,
    ComputeDevice device,
    DecodeLimits limits,
    ExifOrientation orientation,
    SampleBits sampleBits)
    implements Serializable {

  public EmbeddingSettings {
    if (batchSize < 1 || batchSize > 1024) {
      throw new UserDataException(
          "The batch size is " + batchSize + "; it must be from 1 to 1024 images.");
    }
  }

  /** How files become pixels. */
  public Decoding decoding() {
    return new Decoding(orientation, sampleBits);
  }

  /** Settings that believe what files say of the bits in use. */
  public EmbeddingSettings(
      int batchSize, ComputeDevice device, DecodeLimits limits, ExifOrientation orientation) {
    this(batchSize, device, limits, orientation, SampleBits.AUTO);
  }

  /** What turns an image's file into the pixels that are embedded. */
  public ImageDecoder decoder() {
    return new ImageDecoder(limits, orientation, sampleBits);
  }
}
