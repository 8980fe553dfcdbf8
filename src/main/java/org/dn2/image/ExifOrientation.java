package org.dn2.image;

/** What to do with the turn or flip that a camera notes in a file's EXIF data. */
public enum ExifOrientation {
  /** Pixels as they are stored: the paper's way, and Pillow's unless asked. */
  IGNORE,
  /** Pixels turned upright, as viewers show them. */
  APPLY
}
