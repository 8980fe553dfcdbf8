package org.dn2.search;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.commons.codec.digest.MurmurHash3;
import org.dn2.table.EmbeddedImage;

/**
 * What an image found in some lists.
 *
 * @param key of the image, by {@link #key}
 * @param image without its embedding
 * @param copies how many of the rows that ask and are alike this speaks for: each speaks for itself
 *     in one of the answers that it gets, and in the others for none
 */
record ImageNeighbors(String key, EmbeddedImage image, NearestImages nearest, int copies)
    implements Serializable {

  /** A word that two rows share only if they are alike in all, numbers included. */
  static String key(EmbeddedImage image) {
    ByteBuffer numbers = ByteBuffer.allocate(image.getEmbedding().length * Float.BYTES);
    numbers.asFloatBuffer().put(image.getEmbedding());
    long[] hash = MurmurHash3.hash128x64(numbers.array());
    String texts =
        String.join(
            "\u0000",
            Objects.toString(image.getPath()),
            Objects.toString(image.getLabel()),
            Objects.toString(image.getGroupId()));
    long[] textHash = MurmurHash3.hash128x64(texts.getBytes(StandardCharsets.UTF_8));
    return image.getImageId() + Arrays.toString(hash) + Arrays.toString(textHash);
  }

  static ImageNeighbors merge(ImageNeighbors a, ImageNeighbors b, int k) {
    return new ImageNeighbors(
        a.key, a.image, NearestImages.merge(a.nearest, b.nearest, k), a.copies + b.copies);
  }
}
