package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.DecodeLimits;
import org.dn2.table.Tables;
import org.junit.jupiter.api.Test;

class ReadContentTest {
  private static final long IMAGES = 100_000;

  @Test
  void everyImageIsCountedThoughSeveralThreadsRead() {
    Column[] columns =
        Arrays.stream(Tables.LISTING.fields())
            .map(
                field ->
                    switch (field.name()) {
                      case Tables.IMAGE_ID -> col("id").cast("string").as(Tables.IMAGE_ID);
                      case Tables.PATH -> lit("file:/nowhere").as(Tables.PATH);
                      // Beyond the limit: rejected without a look at the disk.
                      case Tables.SIZE_BYTES -> lit(2L).as(Tables.SIZE_BYTES);
                      default -> lit(null).cast(field.dataType()).as(field.name());
                    })
            .toArray(Column[]::new);
    Dataset<Row> images = Workplace.SPARK.range(0, IMAGES, 1, 2).select(columns);
    LongAccumulator done = Workplace.SPARK.sparkContext().longAccumulator();
    ReadContent read =
        new ReadContent(
            new DecodeLimits(1, 1),
            new SerializableConfiguration(Workplace.SPARK.sessionState().newHadoopConf()),
            done);

    long rejected = read.of(images).filter("reason = 'too_large'").count();

    assertThat(rejected).isEqualTo(IMAGES);
    assertThat(done.value()).isEqualTo(IMAGES);
  }
}
