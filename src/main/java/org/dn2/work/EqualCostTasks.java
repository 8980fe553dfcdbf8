package org.dn2.work;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/**
 * Shares a listing out among tasks of like cost, so that no large file keeps the others waiting.
 *
 * <p>A row that costs more than half a task is a task of its own. The others are laid end to end,
 * in the order of their partitions and, in these, of some columns, and cut into pieces of one
 * length: a running sum of costs, from the sums of the partitions before. The driver sees three
 * numbers per partition of the listing, no rows.
 */
public final class EqualCostTasks {
  private static final String COST = "_cost";
  private static final String TASK = "_task";
  private static final String PARTITION = "_partition";
  private static final String SMALL_COST = "_small_cost";
  private static final String LARGE_ROWS = "_large_rows";

  private EqualCostTasks() {}

  /**
   * How much a task should be.
   *
   * @param target the cost of a task, 1 or more
   * @param fewest tasks wanted, as far as there are rows; lowers the target
   * @param most tasks of the target's cost; raises the target
   */
  public record Size(long target, int fewest, int most) {
    long targetFor(long totalCost) {
      long lowered = Math.min(target, ceilDiv(totalCost, fewest));
      return Math.max(1, Math.max(lowered, ceilDiv(totalCost, most)));
    }
  }

  /**
   * The same rows, a partition per task. The same rows meet in a task whenever the partitions of
   * {@code images} are the same, so a repeated task neither loses nor doubles any.
   *
   * @param images rows, cached, for they are read three times
   * @param order of the rows in a task; no two rows are equal in it
   * @param cost a whole number, 1 or more, in any unit
   */
  public static Dataset<Row> share(Dataset<Row> images, Column[] order, Column cost, Size size) {
    Dataset<Row> costed = images.withColumn(COST, cost.cast(DataTypes.LongType));
    Row total = costed.agg(coalesce(sum(COST), lit(0L))).head();
    long target = size.targetFor(total.getLong(0));
    Plan plan = plan(costed, target);
    return costed
        .sortWithinPartitions(order)
        .mapPartitions(
            new Assign(plan, costed.columns().length - 1),
            Encoders.row(costed.schema().add(TASK, DataTypes.IntegerType, false)))
        .repartitionById(plan.tasks(), col(TASK))
        .drop(COST, TASK)
        .sortWithinPartitions(order);
  }

  private static Plan plan(Dataset<Row> costed, long target) {
    Column isLarge = col(COST).gt(target / 2);
    List<Row> partitions =
        costed
            .select(col(COST), spark_partition_id().as(PARTITION))
            .groupBy(PARTITION)
            .agg(
                sum(when(isLarge, lit(0L)).otherwise(col(COST))).as(SMALL_COST),
                sum(when(isLarge, lit(1L)).otherwise(lit(0L))).as(LARGE_ROWS))
            .orderBy(PARTITION)
            .collectAsList();
    int count = partitions.isEmpty() ? 0 : partitions.get(partitions.size() - 1).getInt(0) + 1;
    long[] smallCost = new long[count];
    int[] largeRows = new int[count];
    long smallTotal = 0;
    int largeTotal = 0;
    int next = 0;
    for (int partition = 0; partition < count; partition++) {
      smallCost[partition] = smallTotal;
      largeRows[partition] = largeTotal;
      Row sums = partitions.get(next);
      if (sums.getInt(0) == partition) {
        smallTotal += sums.getLong(1);
        largeTotal = Math.addExact(largeTotal, Math.toIntExact(sums.getLong(2)));
        next++;
      }
    }
    return new Plan(
        target / 2,
        smallCost,
        largeRows,
        smallTotal,
        Math.toIntExact(ceilDiv(smallTotal, target)),
        largeTotal);
  }

  /**
   * Which task a row goes to. Large rows come first, since a scheduler starts tasks in their order
   * and the longest should not be the last.
   *
   * @param mostSmall the largest cost of a row that shares its task
   * @param smallCostBefore of the rows that share tasks, in the partitions before each
   * @param largeRowsBefore in the partitions before each
   */
  private record Plan(
      long mostSmall,
      long[] smallCostBefore,
      int[] largeRowsBefore,
      long smallCost,
      int smallTasks,
      int largeRows)
      implements Serializable {

    int tasks() {
      return Math.max(1, largeRows + smallTasks);
    }

    int smallTask(long costBefore) {
      int task = (int) ((double) costBefore / smallCost * smallTasks);
      return largeRows + Math.min(task, smallTasks - 1);
    }
  }

  /** Appends the task's number to every row of a partition. */
  private record Assign(Plan plan, int costIndex) implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      return rows.hasNext()
          ? new Numbered(rows, plan, costIndex, TaskContext.getPartitionId())
          : Collections.emptyIterator();
    }
  }

  private static final class Numbered implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Plan plan;
    private final int costIndex;
    private long smallCostBefore;
    private int largeRowsBefore;

    Numbered(Iterator<Row> rows, Plan plan, int costIndex, int partition) {
      this.rows = rows;
      this.plan = plan;
      this.costIndex = costIndex;
      this.smallCostBefore = plan.smallCostBefore()[partition];
      this.largeRowsBefore = plan.largeRowsBefore()[partition];
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Row row = rows.next();
      Object[] values = new Object[row.length() + 1];
      for (int i = 0; i < row.length(); i++) {
        values[i] = row.get(i);
      }
      values[row.length()] = taskOf(row.getLong(costIndex));
      return RowFactory.create(values);
    }

    private int taskOf(long cost) {
      if (cost > plan.mostSmall()) {
        return largeRowsBefore++;
      }
      int task = plan.smallTask(smallCostBefore);
      smallCostBefore += cost;
      return task;
    }
  }

  private static long ceilDiv(long dividend, long divisor) {
    return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
  }
}
