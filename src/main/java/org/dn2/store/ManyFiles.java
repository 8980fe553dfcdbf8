package org.dn2.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks a store of many small files at once, for it answers each of them late. */
final class ManyFiles {
  private static final int THREADS = 16;

  private ManyFiles() {}

  /** A question to the store. */
  interface Question<F, T> {
    T ask(F file) throws IOException;
  }

  /** The answers, in the order of the files. */
  static <F, T> List<T> each(List<F> files, Question<F, T> question) throws IOException {
    if (files.isEmpty()) {
      return List.of();
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(THREADS, files.size()));
    try {
      List<Future<T>> asked = new ArrayList<>();
      for (F file : files) {
        asked.add(threads.submit(() -> question.ask(file)));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> answer : asked) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while files were read", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}
