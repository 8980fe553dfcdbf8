package org.dn2.image;

import java.io.Serializable;
import org.apache.hadoop.fs.FileStatus;

/**
 * A file that a listing found.
 *
 * @param imageId its path below the listed folder; bytes that are no UTF-8 as {@code \xE9}
 * @param path Hadoop's form of it: names as they are, nothing percent-encoded; null where no text
 *     can name the file
 * @param sizeBytes null where it is not known
 * @param modifiedMilliseconds since 1970; null where it is not known
 * @param storeTag what the store calls the content, such as an ETag; null where it does not
 */
record FoundFile(
    String imageId, String path, Long sizeBytes, Long modifiedMilliseconds, String storeTag)
    implements Serializable {
  /** A file of a local disk. */
  static FoundFile local(String imageId, String path, Long sizeBytes, Long modifiedMilliseconds) {
    return new FoundFile(imageId, path, sizeBytes, modifiedMilliseconds, null);
  }

  /** A file as a store tells of it. */
  static FoundFile stored(String imageId, FileStatus status) {
    return new FoundFile(
        imageId,
        status.getPath().toString(),
        status.getLen(),
        status.getModificationTime(),
        StoreTag.of(status));
  }
}
