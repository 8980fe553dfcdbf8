package org.dn2.score;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.search.NeighborSearch;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Scores embeddings against a reference set: the mean distance to the k nearest reference rows
 * (section 3.1, equation 2, where the distance is the squared Euclidean one). Close it to free the
 * executors' memory and disks, once the scores have been written.
 */
public final class Scorer implements AutoCloseable {
  private final NeighborSearch search;
  private final List<Broadcast<Calibration>> sent = new ArrayList<>();

  private Scorer(NeighborSearch search) {
    this.search = search;
  }

  /**
   * Lays the reference set out for the search.
   *
   * @param reference columns image_id and embedding, {@code float[dimension]} each
   * @param neighborhood its neighbors' distances are averaged
   * @throws UserDataException if the reference set is empty or has too few rows for k
   */
  public static Scorer of(Dataset<Row> reference, Neighborhood neighborhood, SearchPlan plan) {
    return new Scorer(NeighborSearch.open(reference, neighborhood, plan));
  }

  /**
   * Each image's score and neighbors, lazily; columns image_id, path, label, group_id, score,
   * neighbor_ids, neighbor_distances (ascending; ties by id).
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}; none may have another dimension
   */
  public Dataset<Row> score(Dataset<Row> embeddings, SelfNeighbor selfNeighbor) {
    return scored(search.nearest(embeddings, selfNeighbor));
  }

  /**
   * Each image's score, p-value and neighbors, lazily; columns image_id, path, label, group_id,
   * score, p_value, neighbor_ids, neighbor_distances (ascending; ties by id).
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}; none may have another dimension
   */
  public Dataset<Row> score(
      Dataset<Row> embeddings, Calibration calibration, SelfNeighbor selfNeighbor) {
    Broadcast<Calibration> sentCalibration =
        JavaSparkContext.fromSparkContext(embeddings.sparkSession().sparkContext())
            .broadcast(calibration);
    sent.add(sentCalibration);
    return search
        .nearest(embeddings, selfNeighbor)
        .map(new Judging(sentCalibration), Encoders.row(Judging.SCHEMA));
  }

  /**
   * The leave-one-out score of every image of the reference set itself; columns image_id and score.
   *
   * @param reference that the scorer was made for
   * @throws UserDataException if k others are not there
   */
  public Dataset<Row> leaveOneOut(Dataset<Row> reference) {
    return scored(search.nearestOthers(reference)).select(Tables.IMAGE_ID, Tables.SCORE);
  }

  private static Dataset<Row> scored(Dataset<Row> neighbors) {
    return neighbors.map(new Scoring(), Encoders.row(Scoring.SCHEMA));
  }

  private static StructType schema(String... names) {
    return new StructType(
        Arrays.stream(names).map(Tables.SCORES::apply).toArray(StructField[]::new));
  }

  private static double score(Row neighbors) {
    // By place: a row that comes straight from a search knows no names.
    return AnomalyScore.of(
        neighbors
            .<Double>getList(NeighborSearch.NEIGHBORS.fieldIndex(Tables.NEIGHBOR_DISTANCES))
            .stream()
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  /** From an image's neighbors to its score. */
  private static final class Scoring implements MapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;
    private static final StructType SCHEMA =
        schema(
            Tables.IMAGE_ID,
            Tables.PATH,
            Tables.LABEL,
            Tables.GROUP_ID,
            Tables.SCORE,
            Tables.NEIGHBOR_IDS,
            Tables.NEIGHBOR_DISTANCES);

    @Override
    public Row call(Row row) {
      return RowFactory.create(
          row.get(0), row.get(1), row.get(2), row.get(3), score(row), row.get(4), row.get(5));
    }
  }

  /** From an image's neighbors to its score and p-value. */
  private static final class Judging implements MapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;
    private static final StructType SCHEMA =
        schema(
            Tables.IMAGE_ID,
            Tables.PATH,
            Tables.LABEL,
            Tables.GROUP_ID,
            Tables.SCORE,
            Tables.P_VALUE,
            Tables.NEIGHBOR_IDS,
            Tables.NEIGHBOR_DISTANCES);

    private final Broadcast<Calibration> calibration;

    Judging(Broadcast<Calibration> calibration) {
      this.calibration = calibration;
    }

    @Override
    public Row call(Row row) {
      double score = score(row);
      double pValue = calibration.value().pValue(score);
      return RowFactory.create(
          row.get(0), row.get(1), row.get(2), row.get(3), score, pValue, row.get(4), row.get(5));
    }
  }

  @Override
  public void close() {
    search.close();
    sent.forEach(Broadcast::destroy);
  }
}
