package org.dn2.image;

/** How an image is brought to the size from which the network's input is cropped. */
public enum ResizeMode {
  /** Both sides to the given size, whatever the aspect ratio: the paper's way (section 5). */
  EXACT,
  /** The short side to the given size, keeping the aspect ratio: the authors' later code. */
  SHORT_SIDE
}
