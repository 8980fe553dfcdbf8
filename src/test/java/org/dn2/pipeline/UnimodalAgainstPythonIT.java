package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.dn2.embedding.Precision;
import org.dn2.features.FeatureMap;
import org.dn2.model.BackboneImport;
import org.dn2.model.ModelCache;
import org.dn2.reproduction.Experiment;
import org.dn2.store.Destination;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.EmbeddedImage;
import org.dn2.testing.PythonScript;
import org.dn2.testing.SharedFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One class of CIFAR-10 against the rest, beside what scikit-learn and FAISS make of it. */
class UnimodalAgainstPythonIT {
  private static final int K = 2;

  /** A twentieth of a point, where ROCAUC is counted in hundredths. */
  private static final double TOLERANCE = 0.0005;

  @TempDir Path folder;

  @Test
  void averagesOfAllThreeAgree() throws Exception {
    Path data = everySecond(SharedFolder.require("data/cifar10-sample"));
    PythonScript.require("numpy, sklearn, faiss", "python3-sklearn python3-faiss");
    // Kept from run to run, as the backbone is: embedding 1,500 images takes a minute.
    Path output = Path.of("target", "it-cache", "reproduction").toAbsolutePath();
    Map<FeatureMap, Map<String, Double>> byFeatures = measure(data, output);
    // What the backbone's description names by default.
    assertThat(average(byFeatures.get(FeatureMap.LOG_L2))).isGreaterThanOrEqualTo(0.88);
    Map<String, Double> ours = byFeatures.get(FeatureMap.NONE);
    writeForPython(output.resolve("embeddings/cifar10-sample/resnet50-keras-imagenet"));

    String printed =
        PythonScript.run(folder, "unimodal_roc_auc.py", folder.toString(), Integer.toString(K));

    List<double[]> rates = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      String[] cells = line.split("\t", -1);
      rates.add(
          new double[] {
            ours.get(cells[0]), Double.parseDouble(cells[1]), Double.parseDouble(cells[2])
          });
    }
    assertThat(rates).hasSize(10);
    double[] averages = new double[3];
    for (int i = 0; i < averages.length; i++) {
      int column = i;
      averages[i] = rates.stream().mapToDouble(rate -> rate[column]).average().orElseThrow();
    }
    System.out.printf(
        "unimodal average of the CIFAR-10 sample: %.4f ours, %.4f scikit-learn, %.4f FAISS%n",
        100 * averages[0], 100 * averages[1], 100 * averages[2]);
    assertThat(averages[0]).as("scikit-learn").isCloseTo(averages[1], within(TOLERANCE));
    assertThat(averages[0]).as("FAISS").isCloseTo(averages[2], within(TOLERANCE));
  }

  /** Half the images, at a place that stays the same from run to run. */
  private static Path everySecond(Path data) throws IOException {
    Path half = Path.of("target", "it-cache", "cifar10-sample").toAbsolutePath();
    List<Path> images;
    try (Stream<Path> files = Files.walk(data)) {
      images = files.filter(file -> file.toString().matches(".*[02468][.]jpg")).toList();
    }
    for (Path image : images) {
      Path copy = half.resolve(data.relativize(image).toString());
      if (!Files.exists(copy)) {
        Files.createDirectories(copy.getParent());
        Files.copy(image, copy);
      }
    }
    return half;
  }

  private static double average(Map<String, Double> byClass) {
    return byClass.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** ROCAUC by features and normal class. */
  private Map<FeatureMap, Map<String, Double>> measure(Path data, Path output) throws IOException {
    Path pixels = folder.resolve("pixels");
    new BackboneImport(pixels).rawPixels(8);
    new ReproduceJob(Workplace.SPARK)
        .run(
            new ReproduceJob.Settings(
                EnumSet.of(Experiment.UNIMODAL),
                data.toAbsolutePath().toString(),
                List.of(
                    Workplace.openModel(
                        new ModelCache(Path.of("target", "it-cache")).fetch(Precision.FP32))),
                List.of(),
                Workplace.openModel(pixels),
                Workplace.embedding(16),
                0,
                0,
                new Destination(output.toString(), new RunId("check"), ExistingOutput.REPLACE)));
    Map<FeatureMap, Map<String, Double>> byFeatures = new TreeMap<>();
    for (Row row :
        Workplace.SPARK
            .read()
            .parquet(output.resolve("report/measurements").toString())
            .select("features", "normal", "roc_auc")
            .collectAsList()) {
      byFeatures
          .computeIfAbsent(FeatureMap.named(row.getString(0)), map -> new TreeMap<>())
          .put(row.getString(1), row.getDouble(2));
    }
    return byFeatures;
  }

  private void writeForPython(Path embeddings) throws IOException {
    for (String split : List.of("train", "test")) {
      List<EmbeddedImage> images =
          EmbeddedImage.in(
                  new EmbeddingsStore(Workplace.SPARK)
                      .open(embeddings.resolve(split).toString())
                      .embeddings())
              .collectAsList();
      int dimension = images.get(0).getEmbedding().length;
      ByteBuffer bytes =
          ByteBuffer.allocate(images.size() * dimension * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      List<String> labels = new ArrayList<>();
      for (EmbeddedImage image : images) {
        for (float value : image.getEmbedding()) {
          bytes.putFloat(value);
        }
        labels.add(image.getLabel());
      }
      Files.write(folder.resolve(split + ".f32"), bytes.array());
      Files.write(folder.resolve(split + ".labels"), labels);
    }
  }
}
