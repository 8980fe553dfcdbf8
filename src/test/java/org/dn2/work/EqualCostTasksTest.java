package org.dn2.work;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

class EqualCostTasksTest {
  private static final StructType SIZED =
      new StructType()
          .add(Tables.IMAGE_ID, DataTypes.StringType, false)
          .add(Tables.SIZE_BYTES, DataTypes.LongType, true)
          .add(Tables.CONTENT, DataTypes.BinaryType, true);
  private static final long MIB = 1 << 20;

  private static Dataset<Row> listing(int partitions, long... sizes) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      String id = "%06d".formatted(i);
      rows.add(RowFactory.create(id, sizes[i], id.getBytes(StandardCharsets.UTF_8)));
    }
    return SparkSessions.local().createDataFrame(rows, SIZED).repartition(partitions).cache();
  }

  private static Dataset<Row> share(Dataset<Row> listing, long target, int fewest, int most) {
    return EqualCostTasks.share(
        listing,
        new Column[] {col(Tables.IMAGE_ID)},
        col(Tables.SIZE_BYTES),
        new EqualCostTasks.Size(target, fewest, most));
  }

  /** The sum of sizes of every task that has rows, in the tasks' order. */
  private static long[] costs(Dataset<Row> shared) {
    return shared
        .groupBy(spark_partition_id().as("task"))
        .agg(sum(Tables.SIZE_BYTES))
        .orderBy("task")
        .collectAsList()
        .stream()
        .mapToLong(row -> row.getLong(1))
        .toArray();
  }

  private static long median(long[] costs) {
    return LongStream.of(costs).sorted().toArray()[costs.length / 2];
  }

  @Test
  void equalRowsMakeTasksOfEqualCounts() {
    long[] sizes = new long[1000];
    Arrays.fill(sizes, 7);
    Dataset<Row> shared = share(listing(3, sizes), 700, 2, 100);

    assertThat(shared.rdd().getNumPartitions()).isEqualTo(10);
    assertThat(costs(shared)).containsOnly(700);
  }

  @Test
  void noTaskCostsTwiceTheMedianWhereSizesAreSkewed() {
    for (long seed : new long[] {1, 2, 3}) {
      Random random = new Random(seed);
      // From 1 kB to 4 MB, most of them small, and the large ones next to each other.
      long[] sizes =
          random.doubles(5000).sorted().mapToLong(u -> (long) (1000 * Math.exp(8.3 * u))).toArray();
      long[] costs = costs(share(listing(7, sizes), 16 * MIB, 2, 10_000));

      assertThat(LongStream.of(costs).sum()).isEqualTo(LongStream.of(sizes).sum());
      assertThat(LongStream.of(costs).max().orElseThrow())
          .as("seed %d", seed)
          .isLessThan(2 * median(costs));
      assertThat(LongStream.of(costs).min().orElseThrow())
          .as("seed %d", seed)
          .isGreaterThan(median(costs) / 2);
    }
  }

  @Test
  void aLargeRowIsATaskOfItsOwnAndComesFirst() {
    Dataset<Row> shared = share(listing(2, 1, 1, 90, 1, 1, 51, 1, 50, 1, 1), 100, 1, 100);

    assertThat(
            shared
                .groupBy(spark_partition_id().as("task"))
                .agg(expr("sort_array(collect_list(size_bytes))"))
                .orderBy("task")
                .collectAsList())
        .extracting(row -> row.getList(1))
        .satisfiesExactlyInAnyOrder(
            rows -> assertThat(rows).isEqualTo(List.of(90L)),
            rows -> assertThat(rows).isEqualTo(List.of(51L)),
            rows -> assertThat(rows).isEqualTo(List.of(1L, 1L, 1L, 1L, 1L, 1L, 1L, 50L)))
        .last()
        .satisfies(rows -> assertThat((List<?>) rows).hasSize(8));
  }

  @Test
  void everyRowArrivesOnceWithItsContentInTheSameTaskEachTime() {
    long[] sizes = new Random(5).longs(500, 1, 1000).toArray();
    Dataset<Row> listing = listing(4, sizes);
    List<List<Object>> first = tasksAndRows(share(listing, 9000, 2, 100));

    assertThat(first).hasSize(500);
    assertThat(first)
        .allSatisfy(row -> assertThat(row.get(3)).isEqualTo(row.get(1)))
        .extracting(row -> row.get(1))
        .doesNotHaveDuplicates();
    assertThat(tasksAndRows(share(listing, 9000, 2, 100))).isEqualTo(first);
  }

  private static List<List<Object>> tasksAndRows(Dataset<Row> shared) {
    assertThat(shared.columns()).containsExactly(SIZED.fieldNames());
    return shared
        .select(
            spark_partition_id(),
            col(Tables.IMAGE_ID),
            col(Tables.SIZE_BYTES),
            col(Tables.CONTENT).cast(DataTypes.StringType))
        .orderBy(Tables.IMAGE_ID)
        .collectAsList()
        .stream()
        .map(row -> List.of(row.get(0), row.get(1), row.get(2), row.get(3)))
        .toList();
  }

  @Test
  void fewRowsAreSharedAmongTheCoresAndManyAmongNoMoreTasksThanAllowed() {
    assertThat(costs(share(listing(1, 5, 5, 5, 5, 5, 5, 5, 5), 1000, 4, 100)))
        .containsExactly(10, 10, 10, 10);
    assertThat(costs(share(listing(1, 5, 5, 5), 1000, 8, 100))).containsExactly(5, 5, 5);
    assertThat(costs(share(listing(1, 5, 5, 5, 5, 5, 5, 5, 5), 1, 1, 2))).containsExactly(20, 20);
    assertThat(share(listing(3), 10, 2, 100).count()).isZero();
  }
}
