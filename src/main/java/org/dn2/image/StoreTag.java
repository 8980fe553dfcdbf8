package org.dn2.image;

import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;

/** What a store calls the content of a file, which changes whenever the content does. */
final class StoreTag {
  private StoreTag() {}

  /** An object's ETag; null where the store has none. */
  static String of(FileStatus status) {
    return status instanceof EtagSource source ? source.getEtag() : null;
  }
}
