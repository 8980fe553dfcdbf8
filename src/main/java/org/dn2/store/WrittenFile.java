package org.dn2.store;

/**
 * A file of an output.
 *
 * @param name in the output, such as {@code embeddings/part-0.parquet}
 * @param path where it lies, relative to the output's folder; the name, but for small files on a
 *     store without renames
 * @param bytes its length
 */
record WrittenFile(String name, String path, long bytes) {
  /** Whether it is a part of a table; the table of an empty name lies in the folder itself. */
  boolean isPartOf(String table) {
    int slash = name.lastIndexOf('/');
    return name.endsWith(".parquet") && table.equals(slash < 0 ? "" : name.substring(0, slash));
  }
}
