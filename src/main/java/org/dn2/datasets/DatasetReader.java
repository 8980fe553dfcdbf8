package org.dn2.datasets;

import java.io.IOException;
import java.util.List;

/** Knows how the owners of a dataset lay out its files. */
interface DatasetReader {
  /**
   * Checks that the dataset is whole, as far as names and sizes tell, and shares it out.
   *
   * @throws org.dn2.table.UserDataException naming what is missing or damaged
   */
  List<ImageSource> sources(SourceFolder folder) throws IOException;
}
