package org.dn2.image;

import java.io.Serializable;

/**
 * A file that a listing found.
 *
 * @param imageId its path below the listed folder; bytes that are no UTF-8 as {@code \xE9}
 * @param path Hadoop's form of it: names as they are, nothing percent-encoded; null where no text
 *     can name the file
 * @param sizeBytes null where it is not known
 * @param modifiedMilliseconds since 1970; null where it is not known
 */
record FoundFile(String imageId, String path, Long sizeBytes, Long modifiedMilliseconds)
    implements Serializable {}
