package org.dn2.work;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.table.Tables;
import scala.Function1;

/**
 * Long work in waves of some minutes each, so that what a wave has made can be kept whatever
 * becomes of the next. A wave is some of the table's partitions, or a part of one that is too much
 * for a wave; none else is read for it. The first wave goes by the cost that is told, the others by
 * the speed that was seen.
 */
public final class Waves {
  private final Dataset<Row> images;
  private final Deque<Slice> slices = new ArrayDeque<>();
  private final Duration goal;
  private double costPerWave;

  /**
   * Plans; reads the costs once.
   *
   * @param images rows with {@link Tables#IMAGE_ID}, cached
   * @param cost of a row, a number of any unit, 0 or more
   * @param firstWave the cost of the first wave
   * @param goal how long the others should take
   */
  public Waves(Dataset<Row> images, Column cost, double firstWave, Duration goal) {
    this.images = images;
    this.goal = goal;
    this.costPerWave = firstWave;
    for (Row partition :
        images
            .select(cost.cast(DataTypes.DoubleType).as("cost"), spark_partition_id().as("place"))
            .groupBy("place")
            .agg(sum("cost"))
            .orderBy("place")
            .collectAsList()) {
      slices.add(new Slice(partition.getInt(0), partition.getDouble(1), 1, 0));
    }
  }

  /**
   * A partition, or of its rows those whose hash falls to {@code number} among {@code count}.
   *
   * @param cost of the rows
   */
  private record Slice(int partition, double cost, int count, int number) {
    boolean isWhole() {
      return count == 1;
    }
  }

  /** Works through all waves in turn. */
  public void each(Consumer<Dataset<Row>> work) {
    if (slices.stream().mapToDouble(Slice::cost).sum() <= costPerWave) {
      slices.clear();
      work.accept(images);
      return;
    }
    while (!slices.isEmpty()) {
      cutFirst();
      Set<Integer> partitions = new HashSet<>();
      Slice first = slices.remove();
      partitions.add(first.partition());
      double cost = first.cost();
      while (first.isWhole()
          && !slices.isEmpty()
          && slices.element().isWhole()
          && cost + slices.element().cost() <= costPerWave) {
        Slice next = slices.remove();
        partitions.add(next.partition());
        cost += next.cost();
      }
      long start = System.nanoTime();
      work.accept(rows(partitions, first));
      double seconds = (System.nanoTime() - start) / 1e9;
      costPerWave = Math.max(1, cost / Math.max(seconds, 0.1) * goal.toSeconds());
    }
  }

  /** Cuts the first slice where it is more than a wave. */
  private void cutFirst() {
    Slice first = slices.element();
    int count = (int) Math.min(1000, Math.ceil(first.cost() / costPerWave));
    if (first.isWhole() && count > 1) {
      slices.remove();
      for (int number = count - 1; number >= 0; number--) {
        slices.addFirst(new Slice(first.partition(), first.cost() / count, count, number));
      }
    }
  }

  /** Spark sends it along with the tasks. */
  private record Wanted(Set<Integer> partitions)
      implements Function1<Object, Object>, Serializable {
    @Override
    public Object apply(Object partition) {
      return partitions.contains(partition);
    }
  }

  private Dataset<Row> rows(Set<Integer> partitions, Slice slice) {
    Dataset<Row> whole =
        images
            .sparkSession()
            .createDataFrame(
                PartitionPruningRDD.create(images.rdd(), new Wanted(partitions)), images.schema());
    return slice.isWhole()
        ? whole
        : whole.filter(
            pmod(xxhash64(col(Tables.IMAGE_ID)), lit(slice.count())).equalTo(slice.number()));
  }
}
