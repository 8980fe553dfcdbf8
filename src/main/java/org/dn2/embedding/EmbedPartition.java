package org.dn2.embedding;

import ai.djl.Model;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.RejectReason;
import org.dn2.image.RgbImage;

/**
 * What one task does: reads, decodes and resizes on a thread of its own while the task's thread
 * runs the network, a batch at a time. At most two batches of decoded images are held, however
 * large the partition; images leave in the order in which they came.
 */
final class EmbedPartition implements MapPartitionsFunction<Row, ImageOutcome> {
  private static final long serialVersionUID = 1L;

  private final ModelSpec spec;
  private final Broadcast<byte[]> torchScript;
  private final EmbeddingSettings settings;
  private final SerializableConfiguration hadoop;

  EmbedPartition(
      ModelSpec spec,
      Broadcast<byte[]> torchScript,
      EmbeddingSettings settings,
      SerializableConfiguration hadoop) {
    this.spec = spec;
    this.torchScript = torchScript;
    this.settings = settings;
    this.hadoop = hadoop;
  }

  @Override
  public Iterator<ImageOutcome> call(Iterator<Row> images) {
    if (!images.hasNext()) {
      return List.<ImageOutcome>of().iterator();
    }
    TaskContext task = TaskContext.get();
    Model model = LoadedBackbones.forTask(task, spec, torchScript, settings.device());
    Outcomes outcomes =
        new Outcomes(
            images,
            new ImagePreparer(hadoop.value(), spec, settings),
            new Network(model, spec, settings.batchSize()),
            settings.batchSize());
    task.addTaskCompletionListener(
        context -> {
          outcomes.close();
        });
    return outcomes;
  }

  /** The outcomes of a partition, made a batch at a time as they are asked for. */
  static final class Outcomes implements Iterator<ImageOutcome>, AutoCloseable {
    private final Iterator<Row> images;
    private final ImagePreparer preparer;
    private final Network network;
    private final int batchSize;
    private final ExecutorService decoding = Executors.newSingleThreadExecutor(Outcomes::daemon);
    private final Deque<Future<ImagePreparer.Prepared>> underWay = new ArrayDeque<>();
    private final Deque<ImageOutcome> ready = new ArrayDeque<>();

    Outcomes(Iterator<Row> images, ImagePreparer preparer, Network network, int batchSize) {
      this.images = images;
      this.preparer = preparer;
      this.network = network;
      this.batchSize = batchSize;
    }

    private static Thread daemon(Runnable work) {
      Thread thread = new Thread(work, "dn2-decoding");
      thread.setDaemon(true);
      return thread;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && (images.hasNext() || !underWay.isEmpty())) {
        embedNextBatch();
      }
      return !ready.isEmpty();
    }

    @Override
    public ImageOutcome next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the partition has no more images");
      }
      return ready.remove();
    }

    private void embedNextBatch() {
      List<ImagePreparer.Prepared> batch = new ArrayList<>();
      List<RgbImage> pixels = new ArrayList<>(batchSize);
      while (pixels.size() < batchSize && (images.hasNext() || !underWay.isEmpty())) {
        keepDecoding();
        ImagePreparer.Prepared prepared = await(underWay.remove());
        batch.add(prepared);
        if (!prepared.isRejected()) {
          pixels.add(prepared.pixels());
        }
      }
      keepDecoding();
      float[][] embeddings = pixels.isEmpty() ? new float[0][] : network.embed(pixels);
      int next = 0;
      for (ImagePreparer.Prepared prepared : batch) {
        if (!prepared.isRejected()) {
          setEmbedding(prepared.outcome(), embeddings[next++]);
        }
        ready.add(prepared.outcome());
      }
    }

    private void keepDecoding() {
      while (underWay.size() < batchSize && images.hasNext()) {
        Row image = images.next();
        underWay.add(decoding.submit(() -> preparer.prepare(image)));
      }
    }

    private static void setEmbedding(ImageOutcome outcome, float[] embedding) {
      for (float value : embedding) {
        if (!Float.isFinite(value)) {
          ImagePreparer.reject(
              outcome,
              RejectReason.NON_FINITE_EMBEDDING,
              "The network gave NaN or infinity for this image; is its model intact?");
          return;
        }
      }
      outcome.setEmbedding(embedding);
    }

    private static ImagePreparer.Prepared await(Future<ImagePreparer.Prepared> future) {
      try {
        return future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the task was ended while it waited for an image", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("an image could not be prepared", e.getCause());
      }
    }

    @Override
    public void close() {
      decoding.shutdownNow();
      network.close();
    }
  }
}
