package org.dn2.protocols;

import java.io.Serializable;
import java.util.List;

/** A piece of an experiment that one task does alone; the same input gives the same numbers. */
public interface Protocol extends Serializable {
  /** Measures on a dataset's training and test images. */
  List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test);
}
