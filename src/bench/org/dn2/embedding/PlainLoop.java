package org.dn2.embedding;

import ai.djl.Device;
import ai.djl.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/**
 * What a task does, without Spark: threads that share the images out, read, decode and embed them.
 * The network must have been loaded by a task before.
 */
public final class PlainLoop {
  private PlainLoop() {}

  /** Embeds listed images and returns how many got an embedding. */
  public static int embed(List<Row> images, ModelSpec spec, EmbeddingSettings settings, int threads)
      throws Exception {
    Model model =
        LoadedBackbones.on(
            Device.cpu(),
            spec,
            () -> {
              throw new IllegalStateException("no task has loaded the network yet");
            });
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    List<Future<Integer>> parts = new ArrayList<>();
    for (int number = 0; number < threads; number++) {
      List<Row> part =
          images.subList(images.size() * number / threads, images.size() * (number + 1) / threads);
      parts.add(workers.submit(() -> embed(part, model, spec, settings)));
    }
    int embedded = 0;
    for (Future<Integer> part : parts) {
      embedded += part.get();
    }
    workers.shutdown();
    return embedded;
  }

  private static int embed(
      List<Row> images, Model model, ModelSpec spec, EmbeddingSettings settings) {
    int embedded = 0;
    try (EmbedPartition.Outcomes outcomes =
        new EmbedPartition.Outcomes(
            images.iterator(),
            new ImagePreparer(new Configuration(), spec, settings),
            new Network(model, spec, settings.batchSize()),
            settings.batchSize(),
            1,
            () -> false)) {
      while (outcomes.hasNext()) {
        embedded += outcomes.next().getEmbedding() == null ? 0 : 1;
      }
    }
    return embedded;
  }
}
