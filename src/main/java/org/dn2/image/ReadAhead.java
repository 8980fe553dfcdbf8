package org.dn2.image;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Reads files on threads of its own before they are asked for, because a store answers many
 * requests at once and each of them late. What was read leaves in the order in which the files
 * came. A file is looked at first, and read only once its length is known: no more than some files
 * and 64 MiB are held, but always one file. For one thread's use.
 *
 * @param <T> what tells a file, such as a row of a listing
 * @param <F> a file that was looked at, so that its length is known
 * @param <R> what is made of it
 */
public final class ReadAhead<T, F, R> implements Iterator<R>, AutoCloseable {
  /** Readers wait for the store most of the time, whatever the number of cores. */
  private static final int READERS = 8;

  private static final long MOST_BYTES = 64L << 20;

  private final Iterator<T> files;
  private final int mostFiles;
  private final Steps<T, F, R> steps;
  private final ExecutorService readers =
      Executors.newFixedThreadPool(READERS, ReadAhead::newReader);

  /** In the order of the files; changed and gone through by several threads, one at a time. */
  private final Deque<UnderWay<F, R>> underWay = new ArrayDeque<>();

  private int reading;
  private long bytesHeld;

  /**
   * What is done with a file.
   *
   * @param look finds out its length, on the given readers if the store has to be asked
   * @param bytesOf its length
   * @param read begins to read it on the given readers
   */
  public record Steps<T, F, R>(
      BiFunction<T, Executor, CompletableFuture<F>> look,
      ToLongFunction<F> bytesOf,
      BiFunction<F, Executor, CompletableFuture<R>> read) {}

  private static final class UnderWay<F, R> {
    private final CompletableFuture<F> looked;
    private final CompletableFuture<F> toBeRead = new CompletableFuture<>();
    private final CompletableFuture<R> read;
    private long bytes;

    UnderWay(CompletableFuture<F> looked, Function<F, CompletableFuture<R>> read) {
      this.looked = looked;
      this.read = toBeRead.thenCompose(read);
    }

    boolean isReading() {
      return toBeRead.isDone();
    }
  }

  /**
   * @param mostFiles to be held at most, 1 or more
   */
  public ReadAhead(Iterator<T> files, int mostFiles, Steps<T, F, R> steps) {
    this.files = files;
    this.mostFiles = mostFiles;
    this.steps = steps;
  }

  private static Thread newReader(Runnable work) {
    Thread thread = new Thread(work, "dn2-reading");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to read as many files as may be held; does not wait. */
  public void readOn() {
    beginToRead();
    while (isRoomForAnother() && files.hasNext()) {
      UnderWay<F, R> next =
          new UnderWay<>(
              steps.look().apply(files.next(), readers), file -> steps.read().apply(file, readers));
      synchronized (underWay) {
        underWay.add(next);
      }
      CompletableFuture<F> unused = next.looked.whenComplete((file, failure) -> beginToRead());
    }
  }

  /** No other file is taken while one waits of which only bytes at hand can be the content. */
  private boolean isRoomForAnother() {
    synchronized (underWay) {
      return underWay.size() < mostFiles
          && underWay.stream().allMatch(one -> one.isReading() || !one.looked.isDone());
    }
  }

  /** Begins to read those that were looked at, in their order, as far as their bytes allow. */
  private void beginToRead() {
    synchronized (underWay) {
      for (UnderWay<F, R> one : underWay) {
        if (!one.isReading() && !beginsToRead(one)) {
          return;
        }
      }
    }
  }

  private boolean beginsToRead(UnderWay<F, R> one) {
    if (!one.looked.isDone()) {
      return false;
    }
    try {
      F file = one.looked.join();
      long bytes = steps.bytesOf().applyAsLong(file);
      if (reading > 0 && bytesHeld + bytes > MOST_BYTES) {
        return false;
      }
      one.bytes = bytes;
      bytesHeld += bytes;
      one.toBeRead.complete(file);
    } catch (CompletionException e) {
      one.toBeRead.completeExceptionally(e.getCause());
    }
    reading++;
    return true;
  }

  @Override
  public boolean hasNext() {
    synchronized (underWay) {
      if (!underWay.isEmpty()) {
        return true;
      }
    }
    return files.hasNext();
  }

  /**
   * Waits for the next file.
   *
   * @throws IllegalStateException if the thread is interrupted, or if looking or reading threw what
   *     it should have turned into a result
   */
  @Override
  public R next() {
    readOn();
    UnderWay<F, R> first;
    synchronized (underWay) {
      first = underWay.peek();
    }
    if (first == null) {
      throw new NoSuchElementException("there are no more files");
    }
    try {
      return first.read.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the task was ended while it waited for a file", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a file could not be prepared", e.getCause());
    } finally {
      synchronized (underWay) {
        underWay.remove();
        reading--;
        bytesHeld -= first.bytes;
      }
    }
  }

  /** Ends the readers; what is under way is lost. */
  @Override
  public void close() {
    readers.shutdownNow();
  }
}
