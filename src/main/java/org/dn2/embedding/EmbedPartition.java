package org.dn2.embedding;

import ai.djl.Model;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.ReadAhead;
import org.dn2.image.RejectReason;
import org.dn2.image.RgbImage;
import org.dn2.table.ContentPlace;

/**
 * What one task does: reads on some threads, decodes and resizes on another, and runs the network
 * on the task's own, a batch at a time. At most two batches of images are held, however large the
 * partition; images leave in the order in which they came.
 */
final class EmbedPartition implements MapPartitionsFunction<Row, ImageOutcome> {
  private static final long serialVersionUID = 1L;

  private final ModelSpec spec;
  private final Broadcast<byte[]> torchScript;
  private final EmbeddingSettings settings;
  private final SerializableConfiguration hadoop;
  private final LongAccumulator imagesDone;

  /**
   * @param imagesDone counts, for showing progress
   */
  EmbedPartition(
      ModelSpec spec,
      Broadcast<byte[]> torchScript,
      EmbeddingSettings settings,
      SerializableConfiguration hadoop,
      LongAccumulator imagesDone) {
    this.spec = spec;
    this.torchScript = torchScript;
    this.settings = settings;
    this.hadoop = hadoop;
    this.imagesDone = imagesDone;
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
            settings.batchSize(),
            task.cpus(),
            task::isInterrupted);
    task.addTaskCompletionListener(
        context -> {
          outcomes.close();
        });
    return counted(outcomes);
  }

  private Iterator<ImageOutcome> counted(Iterator<ImageOutcome> outcomes) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return outcomes.hasNext();
      }

      @Override
      public ImageOutcome next() {
        ImageOutcome outcome = outcomes.next();
        imagesDone.add(1);
        return outcome;
      }
    };
  }

  /** The outcomes of a partition, made a batch at a time as they are asked for. */
  static final class Outcomes implements Iterator<ImageOutcome>, AutoCloseable {
    private final ReadAhead<Row, ImagePreparer.Looked, ImagePreparer.Prepared> images;
    private final ImagePreparer preparer;
    private final Network network;
    private final int batchSize;
    private final BooleanSupplier isToEnd;
    private final ExecutorService decoding;
    private final Deque<ImageOutcome> ready = new ArrayDeque<>();

    /**
     * @param decoders threads that decode and resize
     * @param isToEnd whether the outcomes are wanted no more; asked around each batch
     */
    Outcomes(
        Iterator<Row> images,
        ImagePreparer preparer,
        Network network,
        int batchSize,
        int decoders,
        BooleanSupplier isToEnd) {
      this.decoding = Executors.newFixedThreadPool(decoders, Outcomes::daemon);
      this.images =
          new ReadAhead<>(
              images,
              batchSize,
              new ReadAhead.Steps<>(
                  (image, readers) ->
                      ContentPlace.isGiven(image)
                          ? CompletableFuture.completedFuture(preparer.look(image))
                          : CompletableFuture.supplyAsync(() -> preparer.look(image), readers),
                  preparer::bytesOf,
                  (looked, readers) ->
                      CompletableFuture.supplyAsync(() -> preparer.read(looked), readers)
                          .thenApplyAsync(preparer::prepare, decoding)));
      this.preparer = preparer;
      this.network = network;
      this.batchSize = batchSize;
      this.isToEnd = isToEnd;
    }

    private static Thread daemon(Runnable work) {
      Thread thread = new Thread(work, "dn2-decoding");
      thread.setDaemon(true);
      return thread;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && images.hasNext()) {
        endIfToldTo();
        embedNextBatch();
        // Before a file is made for what nobody wants.
        endIfToldTo();
      }
      return !ready.isEmpty();
    }

    private void endIfToldTo() {
      if (isToEnd.getAsBoolean()) {
        throw new TaskKilledException();
      }
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
      List<List<RgbImage>> usable = new ArrayList<>(batchSize);
      while (usable.size() < batchSize && images.hasNext()) {
        ImagePreparer.Prepared prepared = images.next();
        batch.add(prepared);
        if (!prepared.isRejected()) {
          usable.add(prepared.views());
        }
      }
      images.readOn();
      float[][] embeddings = usable.isEmpty() ? new float[0][] : network.embed(usable);
      int next = 0;
      for (ImagePreparer.Prepared prepared : batch) {
        if (!prepared.isRejected()) {
          setEmbedding(prepared.outcome(), embeddings[next++]);
        }
        ready.add(prepared.outcome());
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

    @Override
    public void close() {
      images.close();
      decoding.shutdownNow();
      preparer.close();
      network.close();
    }
  }
}
