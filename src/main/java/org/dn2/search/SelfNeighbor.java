package org.dn2.search;

/** Whether an image that is itself in the reference set counts as its own neighbor. */
public enum SelfNeighbor {
  /** It counts, at distance 0. */
  COUNTS,
  /** It is left out, by its id: leave-one-out. Copies under other ids count. */
  EXCLUDED
}
