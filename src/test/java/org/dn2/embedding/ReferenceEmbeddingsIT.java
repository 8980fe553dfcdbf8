package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.model.ModelCache;
import org.dn2.table.Tables;
import org.dn2.testing.SharedFolder;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

/** From image files to embeddings, against what Pillow and PyTorch gave for the same files. */
class ReferenceEmbeddingsIT {
  private static final int DIMENSION = 2048;

  /** How far embeddings are from the reference's. */
  private record Drift(double leastCosine, double largestError) {}

  private static Map<String, float[]> embed(
      Path reference, Precision precision, int batchSize, int partitions) throws IOException {
    Path model = new ModelCache(Path.of("target", "it-cache")).fetch(precision);
    ModelSpec spec = ModelSpec.fromJson(Files.readString(model.resolve(ModelSpec.FILE_NAME)));
    Dataset<Row> images =
        ImageListing.list(
                SparkSessions.local(),
                ImageInput.of(reference.resolve("images").toAbsolutePath().toString()))
            .repartition(partitions);
    Map<String, float[]> embeddings = new HashMap<>();
    try (Embedder embedder =
        Embedder.broadcasting(
            SparkSessions.local(),
            spec,
            model.resolve(spec.file()),
            new EmbeddingSettings(
                batchSize, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE))) {
      for (Row row : embedder.embed(images).collectAsList()) {
        List<Float> values = row.getList(row.fieldIndex(Tables.EMBEDDING));
        float[] embedding = new float[values.size()];
        for (int i = 0; i < embedding.length; i++) {
          embedding[i] = values.get(i);
        }
        embeddings.put(row.getAs(Tables.IMAGE_ID), embedding);
      }
    }
    return embeddings;
  }

  @Test
  void matchesTheReferenceAndDependsOnNeitherBatchNorPartition() throws IOException {
    Path reference = SharedFolder.require("reference");
    Map<String, float[]> embeddings = embed(reference, Precision.FP32, 16, 2);
    assertThat(embeddings).hasSize(64);
    Drift drift = drift(embeddings, reference);
    System.out.printf(
        "64 reference embeddings: least cosine %.8f, largest relative L2 error %.2e%n",
        drift.leastCosine(), drift.largestError());
    assertThat(drift.leastCosine()).isGreaterThanOrEqualTo(0.9999);
    // The crops are the same to the bit, so this is the network's own error.
    assertThat(drift.largestError()).isLessThanOrEqualTo(1e-4);

    Map<String, float[]> again = embed(reference, Precision.FP32, 7, 5);
    embeddings.forEach((id, embedding) -> assertThat(again.get(id)).as(id).isEqualTo(embedding));
  }

  @Test
  void bf16StaysNearTheReferenceAndDependsOnNeitherBatchNorPartition() throws IOException {
    Path reference = SharedFolder.require("reference");
    assumeThat(Precision.hasBf16(Files.readString(Path.of("/proc/cpuinfo"))))
        .as("SKIPPED: this processor has no instructions for bf16")
        .isTrue();
    Map<String, float[]> embeddings = embed(reference, Precision.BF16, 16, 2);
    Drift drift = drift(embeddings, reference);
    System.out.printf(
        "64 reference embeddings in bf16: least cosine %.6f, largest relative L2 error %.2e%n",
        drift.leastCosine(), drift.largestError());
    assertThat(drift.leastCosine()).isGreaterThanOrEqualTo(0.998);
    assertThat(drift.largestError()).isBetween(1e-4, 0.06);

    Map<String, float[]> again = embed(reference, Precision.BF16, 7, 5);
    embeddings.forEach((id, embedding) -> assertThat(again.get(id)).as(id).isEqualTo(embedding));
  }

  private static Drift drift(Map<String, float[]> embeddings, Path reference) throws IOException {
    ByteBuffer expected =
        ByteBuffer.wrap(Files.readAllBytes(reference.resolve("embeddings.f32")))
            .order(ByteOrder.LITTLE_ENDIAN);
    double worstCosine = 1;
    double worstError = 0;
    List<String> lines = Files.readAllLines(reference.resolve("images.csv"));
    for (String line : lines.subList(1, lines.size())) {
      float[] ours = embeddings.get(line.substring(0, line.indexOf(',')));
      double product = 0;
      double ourSquares = 0;
      double theirSquares = 0;
      double differenceSquares = 0;
      for (int i = 0; i < DIMENSION; i++) {
        double theirs = expected.getFloat();
        product += ours[i] * theirs;
        ourSquares += (double) ours[i] * ours[i];
        theirSquares += theirs * theirs;
        differenceSquares += (ours[i] - theirs) * (ours[i] - theirs);
      }
      worstCosine = Math.min(worstCosine, product / Math.sqrt(ourSquares * theirSquares));
      worstError = Math.max(worstError, Math.sqrt(differenceSquares / theirSquares));
    }
    return new Drift(worstCosine, worstError);
  }
}
