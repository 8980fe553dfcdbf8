package org.dn2.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.model.TinyBackbone;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.testing.SparkSessions;

/** Short ways to run jobs in a temporary folder. */
record Workplace(Path folder, BackboneFolder model) {
  static final SparkSession SPARK = SparkSessions.local();
  static final String LABEL_PATTERN = "([^/]+)/[^/]+$";

  static Workplace in(Path folder) {
    Path model = folder.resolve("model");
    if (!Files.exists(model)) {
      TinyBackbone.write(model, 1);
    }
    return new Workplace(folder, openModel(model));
  }

  /** A copy of all that another place holds, which a test may change. */
  static Workplace copyOf(Path place, Path folder) throws IOException {
    FileUtils.copyDirectory(place.toFile(), folder.toFile());
    return in(folder);
  }

  static BackboneFolder openModel(Path folder) {
    return BackboneFolder.open(folder.toUri().toString(), SPARK.sessionState().newHadoopConf());
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  static ImageInput images(String path) {
    String labelPattern = hasFolders(Path.of(path)) ? LABEL_PATTERN : null;
    return new ImageInput(
        path, ImageInput.Format.AUTO, labelPattern, null, null, List.of(), null, null);
  }

  /** Without folders there are no labels to take from their names. */
  private static boolean hasFolders(Path path) {
    try (Stream<Path> paths = Files.isDirectory(path) ? Files.list(path) : Stream.empty()) {
      return paths.anyMatch(Files::isDirectory);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static EmbeddingSettings embedding(int batchSize) {
    return new EmbeddingSettings(
        batchSize, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
  }

  EmbedJob.Settings embedSettings(String input, String output, String runId) {
    return new EmbedJob.Settings(
        images(path(input)),
        model,
        embedding(4),
        0.5,
        new Destination(path(output), new RunId(runId), ExistingOutput.KEEP));
  }

  EmbedJob.Counts embed(String input, String output) {
    return new EmbedJob(SPARK).run(embedSettings(input, output, "first"));
  }

  Dataset<Row> embeddings(String output) {
    return SPARK.read().parquet(path(output) + "/embeddings");
  }

  Dataset<Row> rejects(String output) {
    return SPARK.read().parquet(path(output) + "/rejects");
  }

  FitJob.Settings fitSettings(String embeddings, String output, int k) {
    return new FitJob.Settings(
        path(embeddings),
        List.of(),
        FitMethod.PAPER.withK(k),
        new ThresholdRule(OptionalDouble.empty(), 0.9),
        new Destination(path(output), new RunId("first"), ExistingOutput.KEEP));
  }

  /** The names in a folder, hidden ones too. */
  List<String> names(String folderName) throws IOException {
    try (Stream<Path> paths = Files.list(folder.resolve(folderName))) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }
}
