package org.dn2.embedding;

import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.dn2.heat.LocalFeatures;
import org.dn2.heat.StageMap;
import org.dn2.image.RgbImage;

/**
 * One task's way to images' local features, by a method of the loaded network beside the one that
 * gives embeddings; not for several threads at once.
 */
public final class LocalMaps implements AutoCloseable {
  /**
   * The method's name: from a tensor (N,3,H,W) to the maps of a fine and a coarse stage, each
   * (N,height,width,channels) in single precision.
   */
  public static final String METHOD = "local";

  private static final int BATCH = 4;

  private final ModelSpec spec;
  private final PixelBatch pixels;
  private final Predictor<ByteBuffer, List<LocalFeatures>> predictor;

  private LocalMaps(
      ModelSpec spec, PixelBatch pixels, Predictor<ByteBuffer, List<LocalFeatures>> predictor) {
    this.spec = spec;
    this.pixels = pixels;
    this.predictor = predictor;
  }

  /**
   * The network on the device that Spark gave to the task, loaded on first use.
   *
   * @param torchScript the archive that {@code spec} describes, with the method
   */
  public static LocalMaps forTask(
      TaskContext task, ModelSpec spec, Broadcast<byte[]> torchScript, ComputeDevice device) {
    return new LocalMaps(
        spec,
        new PixelBatch(spec, BATCH, LoadedBackbones.buffers()),
        LoadedBackbones.forTask(task, spec, torchScript, device)
            .newPredictor(new PixelsToFeatures(spec)));
  }

  /**
   * The local features of some images, in their order.
   *
   * @param squares each of the model's crop size
   */
  public List<LocalFeatures> of(List<RgbImage> squares) {
    List<LocalFeatures> features = new ArrayList<>(squares.size());
    for (int first = 0; first < squares.size(); first += BATCH) {
      ByteBuffer batch =
          pixels.fill(squares.subList(first, Math.min(first + BATCH, squares.size())));
      features.addAll(LoadedBackbones.call(() -> predict(batch)));
    }
    return features;
  }

  private List<LocalFeatures> predict(ByteBuffer batch) {
    try {
      return predictor.predict(batch);
    } catch (TranslateException | EngineException e) {
      throw new IllegalStateException(
          "The model %s gave no local features: %s".formatted(spec.id(), e.getMessage()), e);
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

  private static final class PixelsToFeatures
      implements NoBatchifyTranslator<ByteBuffer, List<LocalFeatures>> {
    /** By an array of this name, which it does not hand over, DJL knows the method to call. */
    private static final String CALL = "module_method:" + METHOD;

    private final int cropSize;

    PixelsToFeatures(ModelSpec spec) {
      this.cropSize = spec.cropSize();
    }

    @Override
    public NDList processInput(TranslatorContext context, ByteBuffer pixels) {
      NDArray batch = PixelBatch.tensor(context.getNDManager(), pixels, cropSize);
      NDArray method = context.getNDManager().create(new Shape(1), DataType.FLOAT32);
      method.setName(CALL);
      return new NDList(batch, method);
    }

    @Override
    public List<LocalFeatures> processOutput(TranslatorContext context, NDList stages) {
      List<StageMap> fine = images(stages.get(0));
      List<StageMap> coarse = images(stages.get(1));
      List<LocalFeatures> features = new ArrayList<>(fine.size());
      for (int image = 0; image < fine.size(); image++) {
        features.add(LocalFeatures.of(fine.get(image), coarse.get(image)));
      }
      return features;
    }

    private static List<StageMap> images(NDArray stage) {
      int images = Math.toIntExact(stage.getShape().get(0));
      int height = Math.toIntExact(stage.getShape().get(1));
      int width = Math.toIntExact(stage.getShape().get(2));
      int channels = Math.toIntExact(stage.getShape().get(3));
      float[] all = stage.toFloatArray();
      int length = all.length / images;
      List<StageMap> maps = new ArrayList<>(images);
      for (int image = 0; image < images; image++) {
        maps.add(
            new StageMap(
                height,
                width,
                channels,
                Arrays.copyOfRange(all, image * length, (image + 1) * length)));
      }
      return maps;
    }
  }
}
