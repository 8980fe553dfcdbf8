package org.dn2.search;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Takes a block of a partition's elements at a time and gives what comes of each block. */
abstract class Blockwise<S, T> implements Iterator<T> {
  private final Iterator<S> source;
  private final int blockSize;
  private Iterator<T> ready = List.<T>of().iterator();

  /**
   * @param blockSize the most elements that are taken at a time
   */
  Blockwise(Iterator<S> source, int blockSize) {
    this.source = source;
    this.blockSize = blockSize;
  }

  /** What comes of a block of 1 or more elements. */
  abstract List<T> take(List<S> block);

  @Override
  public boolean hasNext() {
    while (!ready.hasNext() && source.hasNext()) {
      List<S> block = new ArrayList<>();
      while (block.size() < blockSize && source.hasNext()) {
        block.add(source.next());
      }
      ready = take(block).iterator();
    }
    return ready.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the partition has no more elements");
    }
    return ready.next();
  }
}
