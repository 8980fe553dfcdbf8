package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final long MEBIBYTE = 1L << 20;

  private final List<Integer> started = new ArrayList<>();

  /** Files that are numbers, read when {@link CompletableFuture} says so. */
  private ReadAhead<Integer, Integer, Integer> ahead(
      int files, int most, ToLongFunction<Integer> bytes) {
    return ahead(files, most, bytes, (file, readers) -> CompletableFuture.completedFuture(file));
  }

  private ReadAhead<Integer, Integer, Integer> ahead(
      int files,
      int most,
      ToLongFunction<Integer> bytes,
      BiFunction<Integer, Executor, CompletableFuture<Integer>> look) {
    return new ReadAhead<>(
        IntStream.range(0, files).boxed().iterator(),
        most,
        new ReadAhead.Steps<>(
            look,
            bytes,
            (file, readers) -> {
              started.add(file);
              return CompletableFuture.completedFuture(10 * file);
            }));
  }

  /** Files that are read as they are asked for, of no length. */
  private static ReadAhead<Integer, Integer, Integer> reading(
      List<Integer> files, int most, UnaryOperator<Integer> read) {
    return new ReadAhead<>(
        files.iterator(),
        most,
        new ReadAhead.Steps<>(
            (file, readers) -> CompletableFuture.completedFuture(file),
            file -> 0,
            (file, readers) -> CompletableFuture.supplyAsync(() -> read.apply(file), readers)));
  }

  @Test
  void resultsLeaveInTheOrderOfTheFilesThoughALaterOneIsReadFirst() {
    CountDownLatch secondIsRead = new CountDownLatch(1);
    try (ReadAhead<Integer, Integer, Integer> ahead =
        reading(
            List.of(1, 2, 3),
            3,
            file -> {
              if (file == 1) {
                await(secondIsRead);
              } else {
                secondIsRead.countDown();
              }
              return file;
            })) {
      List<Integer> read = new ArrayList<>();
      ahead.forEachRemaining(read::add);
      assertThat(read).containsExactly(1, 2, 3);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).as("files are read at the same time").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void startsSoManyFilesAndNotMore() {
    try (ReadAhead<Integer, Integer, Integer> ahead = ahead(10, 3, file -> 0)) {
      ahead.readOn();
      ahead.readOn();
      assertThat(started).containsExactly(0, 1, 2);
      assertThat(ahead.next()).isZero();
      ahead.readOn();
      assertThat(started).containsExactly(0, 1, 2, 3);
    }
  }

  @Test
  void holdsLargeFilesOnlyAsTheirBytesAllowButAlwaysOne() {
    try (ReadAhead<Integer, Integer, Integer> ahead =
        ahead(4, 16, file -> file == 2 ? 200 * MEBIBYTE : 30 * MEBIBYTE)) {
      ahead.readOn();
      assertThat(started).as("60 of 64 MiB").containsExactly(0, 1);
      assertThat(ahead.next()).isZero();
      ahead.readOn();
      assertThat(started).as("the large one waits").containsExactly(0, 1);
      assertThat(ahead.next()).isEqualTo(10);
      assertThat(ahead.next()).isEqualTo(20);
      assertThat(started).containsExactly(0, 1, 2);
      assertThat(ahead.next()).isEqualTo(30);
      assertThat(ahead.hasNext()).isFalse();
      assertThatThrownBy(ahead::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void aFileOfUnknownLengthIsReadOnceItsLengthIsKnownAndFits() {
    List<CompletableFuture<Integer>> lengths =
        IntStream.range(0, 4).mapToObj(file -> new CompletableFuture<Integer>()).toList();
    try (ReadAhead<Integer, Integer, Integer> ahead =
        ahead(4, 16, file -> 40 * MEBIBYTE, (file, readers) -> lengths.get(file))) {
      ahead.readOn();
      assertThat(started).as("none is known").isEmpty();
      lengths.get(1).complete(1);
      assertThat(started).as("the first has its turn first").isEmpty();
      lengths.get(0).complete(0);
      assertThat(started).as("40 of 64 MiB").containsExactly(0);
      lengths.get(2).complete(2);
      assertThat(ahead.next()).isZero();
      ahead.readOn();
      assertThat(started).as("never two of 40 MiB").containsExactly(0, 1);
      assertThat(ahead.next()).isEqualTo(10);
      assertThat(ahead.next()).isEqualTo(20);
      lengths.get(3).complete(3);
      assertThat(ahead.next()).isEqualTo(30);
      assertThat(ahead.hasNext()).isFalse();
    }
  }

  @Test
  void aFailureToLookIsNotLost() {
    try (ReadAhead<Integer, Integer, Integer> ahead =
        ahead(
            1,
            1,
            file -> 0,
            (file, readers) -> CompletableFuture.failedFuture(new ArithmeticException("blind")))) {
      assertThatThrownBy(ahead::next).hasRootCauseMessage("blind");
      assertThat(ahead.hasNext()).isFalse();
    }
  }

  @Test
  void aFailureOfTheReaderIsNotLost() {
    try (ReadAhead<Integer, Integer, Integer> ahead =
        reading(
            List.of(1),
            1,
            file -> {
              throw new ArithmeticException("no luck");
            })) {
      assertThatThrownBy(ahead::next)
          .isInstanceOf(IllegalStateException.class)
          .hasRootCauseMessage("no luck");
    }
  }
}
