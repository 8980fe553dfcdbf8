package org.dn2.store;

/** What becomes of an output folder that another run has written. */
public enum ExistingOutput {
  /** It stays and the run is refused. */
  KEEP,
  /** It is replaced once the new output is complete. */
  REPLACE
}
