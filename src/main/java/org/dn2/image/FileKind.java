package org.dn2.image;

import java.util.Locale;

/** What a file's name says of it, as far as the format of an input depends on it. */
enum FileKind {
  /** Text in columns, compressed or not. */
  CSV,
  PARQUET,
  OTHER;

  static FileKind of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".parquet")) {
      return PARQUET;
    }
    String unpacked = lower.replaceFirst("\\.(gz|bz2)$", "");
    return unpacked.endsWith(".csv") || unpacked.endsWith(".tsv") ? CSV : OTHER;
  }
}
