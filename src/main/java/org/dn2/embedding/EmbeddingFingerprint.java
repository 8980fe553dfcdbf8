package org.dn2.embedding;

import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/** Tells apart what must not be mixed in one table of embeddings. */
public final class EmbeddingFingerprint {
  private static final int DIGITS = 16;

  private EmbeddingFingerprint() {}

  /**
   * A digest of everything that an image's embedding depends on but the image: the weights, what is
   * done to the pixels before, the precision and the kind of device. The number of images in a
   * batch is no part of it.
   *
   * @return 16 hexadecimal digits
   */
  public static String of(ModelSpec model, EmbeddingSettings settings) {
    List<Object> everything =
        List.of(
            model.id(),
            model.sha256(),
            model.dimension(),
            model.resizeMode(),
            model.resizeSize(),
            model.cropSize(),
            model.mean(),
            model.standardDeviation(),
            model.precision(),
            model.interpolation(),
            model.views(),
            settings.device(),
            settings.limits(),
            settings.orientation(),
            settings.sampleBits());
    return DigestUtils.sha256Hex(everything.toString()).substring(0, DIGITS);
  }
}
