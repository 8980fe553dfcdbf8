package org.dn2.image;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * Reads files on threads of its own before they are asked for, because a store answers many
 * requests at once and each of them late. What was read leaves in the order in which the files
 * came. No more than some files and 64 MiB are held, but always one file. For one thread's use.
 *
 * @param <T> what tells a file, such as a row of a listing
 * @param <R> what is made of it
 */
public final class ReadAhead<T, R> implements Iterator<R>, AutoCloseable {
  /** Readers wait for the store most of the time, whatever the number of cores. */
  private static final int READERS = 8;

  private static final long MOST_BYTES = 64L << 20;

  private final Iterator<T> files;
  private final int mostFiles;
  private final ToLongFunction<T> bytesOf;
  private final BiFunction<T, Executor, CompletableFuture<R>> start;
  private final ExecutorService readers =
      Executors.newFixedThreadPool(READERS, ReadAhead::newReader);
  private final Deque<UnderWay<R>> underWay = new ArrayDeque<>();
  private T waiting;
  private long bytesUnderWay;

  private record UnderWay<R>(CompletableFuture<R> future, long bytes) {}

  /**
   * @param mostFiles to be held at most, 1 or more
   * @param bytesOf a file's length, as far as it is known
   * @param start begins to read a file on the given readers
   */
  public ReadAhead(
      Iterator<T> files,
      int mostFiles,
      ToLongFunction<T> bytesOf,
      BiFunction<T, Executor, CompletableFuture<R>> start) {
    this.files = files;
    this.mostFiles = mostFiles;
    this.bytesOf = bytesOf;
    this.start = start;
  }

  private static Thread newReader(Runnable work) {
    Thread thread = new Thread(work, "dn2-reading");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to read as many files as may be held; does not wait. */
  public void readOn() {
    while (underWay.size() < mostFiles && (waiting != null || files.hasNext())) {
      T file = waiting == null ? files.next() : waiting;
      long bytes = bytesOf.applyAsLong(file);
      if (!underWay.isEmpty() && bytesUnderWay + bytes > MOST_BYTES) {
        waiting = file;
        return;
      }
      waiting = null;
      bytesUnderWay += bytes;
      underWay.add(new UnderWay<>(start.apply(file, readers), bytes));
    }
  }

  @Override
  public boolean hasNext() {
    return !underWay.isEmpty() || waiting != null || files.hasNext();
  }

  /**
   * Waits for the next file.
   *
   * @throws IllegalStateException if the thread is interrupted, or if reading threw what it should
   *     have turned into a result
   */
  @Override
  public R next() {
    readOn();
    if (underWay.isEmpty()) {
      throw new NoSuchElementException("there are no more files");
    }
    UnderWay<R> first = underWay.remove();
    try {
      return first.future().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the task was ended while it waited for a file", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a file could not be prepared", e.getCause());
    } finally {
      bytesUnderWay -= first.bytes();
    }
  }

  /** Ends the readers; what is under way is lost. */
  @Override
  public void close() {
    readers.shutdownNow();
  }
}
