package org.dn2.datasets;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * One image of a dataset.
 *
 * @param imageId unique in the dataset: the file's path below the dataset's folder, or the file and
 *     the record's number where a file holds many images
 * @param path of the image file; null where a file holds many images
 * @param label the class
 * @param split {@code train}, {@code test} or another that the dataset's owners name
 * @param groupId what the image is a part of; null for nothing
 * @param content the encoded image
 */
record DatasetImage(
    String imageId, String path, String label, String split, String groupId, byte[] content) {

  /** The row of {@link org.dn2.table.Tables#IMAGES}. */
  Row toRow() {
    return RowFactory.create(
        imageId,
        path,
        (long) content.length,
        null,
        label,
        groupId,
        split,
        null,
        null,
        null,
        null,
        content);
  }
}
