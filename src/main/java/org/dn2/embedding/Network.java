package org.dn2.embedding;

import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.nio.ByteBuffer;
import java.util.List;
import org.dn2.image.RgbImage;
import org.dn2.table.UserDataException;

/** One task's way through a loaded backbone; not for several threads at once. */
final class Network implements AutoCloseable {
  private final ModelSpec spec;
  private final PixelBatch pixels;
  private final Predictor<ByteBuffer, float[]> predictor;

  Network(Model model, ModelSpec spec, int batchSize) {
    this.spec = spec;
    this.pixels = new PixelBatch(spec, batchSize, LoadedBackbones.buffers());
    this.predictor = model.newPredictor(new PixelsToEmbeddings(spec));
  }

  /**
   * The embeddings of a batch, in its order: of each image the mean over its views, summed in
   * double; of a single view what the network gives.
   *
   * @param images at most {@code batchSize}, each with as many views, of the model's crop size
   * @return {@code float[images.size()][dimension]}; may hold NaN or infinity
   * @throws UserDataException if the network gives another shape than its description says
   */
  float[][] embed(List<List<RgbImage>> images) {
    int views = images.get(0).size();
    float[][] embeddings = embedView(images, 0);
    if (views == 1) {
      return embeddings;
    }
    double[][] sums = new double[embeddings.length][spec.dimension()];
    for (int view = 0; view < views; view++) {
      float[][] ofView = view == 0 ? embeddings : embedView(images, view);
      for (int i = 0; i < sums.length; i++) {
        for (int j = 0; j < sums[i].length; j++) {
          sums[i][j] += ofView[i][j];
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums[i].length; j++) {
        embeddings[i][j] = (float) (sums[i][j] / views);
      }
    }
    return embeddings;
  }

  private float[][] embedView(List<List<RgbImage>> images, int view) {
    ByteBuffer batch = pixels.fill(images.stream().map(views -> views.get(view)).toList());
    float[] flat = LoadedBackbones.call(() -> predict(batch, images.size()));
    int dimension = spec.dimension();
    if (flat.length != images.size() * dimension) {
      throw new UserDataException(
          "The model %s gives %d numbers for %d images, its model.json says %d for each. Import the model again with its true dimension."
              .formatted(spec.id(), flat.length, images.size(), dimension));
    }
    float[][] embeddings = new float[images.size()][dimension];
    for (int i = 0; i < embeddings.length; i++) {
      System.arraycopy(flat, i * dimension, embeddings[i], 0, dimension);
    }
    return embeddings;
  }

  private float[] predict(ByteBuffer batch, int images) {
    try {
      return predictor.predict(batch);
    } catch (TranslateException | EngineException e) {
      throw new IllegalStateException(
          "The model %s failed on a batch of %d images of %dx%d pixels: %s"
              .formatted(spec.id(), images, spec.cropSize(), spec.cropSize(), e.getMessage()),
          e);
    }
  }

  @Override
  public void close() {
    LoadedBackbones.call(
        () -> {
          predictor.close();
          return null;
        });
    pixels.close();
  }

  private static final class PixelsToEmbeddings
      implements NoBatchifyTranslator<ByteBuffer, float[]> {
    private final int cropSize;

    PixelsToEmbeddings(ModelSpec spec) {
      this.cropSize = spec.cropSize();
    }

    @Override
    public NDList processInput(TranslatorContext context, ByteBuffer pixels) {
      return new NDList(PixelBatch.tensor(context.getNDManager(), pixels, cropSize));
    }

    @Override
    public float[] processOutput(TranslatorContext context, NDList output) {
      return output.singletonOrThrow().toFloatArray();
    }
  }
}
