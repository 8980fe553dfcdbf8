package org.dn2.datasets;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;

/** A part of a dataset that one task reads: some thousand records of a file, or some files. */
interface ImageSource extends Serializable {
  /**
   * The part's images, made one at a time.
   *
   * @param folder the dataset's
   * @throws org.dn2.table.UserDataException if a file is damaged; the iterator may throw it too
   */
  Iterator<DatasetImage> images(SourceFolder folder) throws IOException;
}
