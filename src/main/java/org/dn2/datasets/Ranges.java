package org.dn2.datasets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Cuts a numbered sequence of images into ranges, one for each task. */
final class Ranges {
  private Ranges() {}

  /** Makes the source of a range. */
  interface SourceOfRange {
    /** The source of {@code count} images from the number {@code first}. */
    ImageSource of(int first, int count);
  }

  /** Reads an image by its number. */
  interface NumberedImages {
    /** The image of that number. */
    DatasetImage read(int number) throws IOException;
  }

  /** Sources of at most {@code most} images each, for the numbers 0 to {@code total - 1}. */
  static List<ImageSource> share(int total, int most, SourceOfRange source) {
    List<ImageSource> sources = new ArrayList<>();
    for (int first = 0; first < total; first += most) {
      sources.add(source.of(first, Math.min(most, total - first)));
    }
    return sources;
  }

  /** The images of the numbers {@code first} to {@code first + count - 1}, read when asked for. */
  static Iterator<DatasetImage> images(int first, int count, NumberedImages images) {
    return new Iterator<>() {
      private int next = first;

      @Override
      public boolean hasNext() {
        return next < first + count;
      }

      @Override
      public DatasetImage next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        try {
          return images.read(next++);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
