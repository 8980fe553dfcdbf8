package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCostTest {
  @Test
  void anImageCostsMoreWithEachByteAndANetworkWithEachWeight() {
    ImageCost cost = new ImageCost(1000, 3, 100);
    Dataset<Row> costs =
        SparkSessions.local()
            .sql(
                "select * from values (0, 10L), (1, 100L), (2, 101L), (3, cast(null as bigint))"
                    + " as t(i, size_bytes)")
            .orderBy("i")
            .select(cost.column());
    assertThat(costs.collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactly(1030L, 1300L, 1000L, 1000L);
  }

  @Test
  void aGpusNetworkCostsNothing(@TempDir Path folder) {
    BackboneFolder model = Workplace.in(folder).model();
    EmbeddingSettings onCpu = Workplace.embedding(4);
    EmbeddingSettings onGpu =
        new EmbeddingSettings(4, ComputeDevice.GPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
    assertThat(ImageCost.of(model, onCpu).perImage())
        .isGreaterThan(ImageCost.of(model, onGpu).perImage());
  }
}
