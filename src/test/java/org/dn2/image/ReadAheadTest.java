package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final long MEBIBYTE = 1L << 20;

  private final List<Integer> started = new ArrayList<>();

  /** Files that are numbers, read when {@link CompletableFuture} says so. */
  private ReadAhead<Integer, Integer> ahead(int files, int most, ToLongFunction<Integer> bytes) {
    return new ReadAhead<>(
        IntStream.range(0, files).boxed().iterator(),
        most,
        bytes,
        (file, readers) -> {
          started.add(file);
          return CompletableFuture.completedFuture(10 * file);
        });
  }

  @Test
  void resultsLeaveInTheOrderOfTheFilesThoughALaterOneIsReadFirst() {
    CountDownLatch secondIsRead = new CountDownLatch(1);
    try (ReadAhead<Integer, Integer> ahead =
        new ReadAhead<>(
            List.of(1, 2, 3).iterator(),
            3,
            file -> 0,
            (file, readers) ->
                CompletableFuture.supplyAsync(
                    () -> {
                      if (file == 1) {
                        await(secondIsRead);
                      } else {
                        secondIsRead.countDown();
                      }
                      return file;
                    },
                    readers))) {
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
    try (ReadAhead<Integer, Integer> ahead = ahead(10, 3, file -> 0)) {
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
    try (ReadAhead<Integer, Integer> ahead =
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
  void aFailureOfTheReaderIsNotLost() {
    try (ReadAhead<Integer, Integer> ahead =
        new ReadAhead<>(
            List.of(1).iterator(),
            1,
            file -> 0,
            (file, readers) ->
                CompletableFuture.supplyAsync(
                    () -> {
                      throw new ArithmeticException("no luck");
                    },
                    readers))) {
      assertThatThrownBy(ahead::next)
          .isInstanceOf(IllegalStateException.class)
          .hasRootCauseMessage("no luck");
    }
  }
}
