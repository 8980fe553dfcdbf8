import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.features.Whitening;
import org.dn2.features.WhiteningFit;
import org.dn2.neighbors.Distance;
import org.dn2.score.Scorer;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;

/**
 * What a feature map adds to scoring stored embeddings, as a ratio to scoring them as they are.
 *
 * <p>Arguments: folder of reference embeddings, folder of queries, rounds, directions to whiten to
 * (0 for none).
 */
public final class FeaturesBenchmark {
  private FeaturesBenchmark() {}

  public static void main(String[] arguments) {
    SparkSession spark = BenchSessions.local();
    Dataset<Row> reference = spark.read().parquet(arguments[0]);
    Dataset<Row> queries = spark.read().parquet(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    int directions = Integer.parseInt(arguments[3]);
    int dimension = reference.select("embedding").head().getList(0).size();
    System.out.printf(
        Locale.ROOT, "%,d queries, %,d reference rows of %,d numbers%n", queries.count(), reference.count(), dimension);
    Whitening whitening = null;
    if (directions > 0) {
      long start = System.nanoTime();
      whitening = new WhiteningFit(directions, 0.1).learn(Features.by(FeatureMap.LOG_L2).of(reference), dimension);
      System.out.printf(Locale.ROOT, "whitening to %,d directions learned in %.1f s%n", directions, (System.nanoTime() - start) / 1e9);
    }
    List<List<Double>> seconds = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (FeatureMap map : FeatureMap.values()) {
      names.add(map.id());
      seconds.add(new ArrayList<>());
    }
    if (whitening != null) {
      names.add("log-l2 whitened");
      seconds.add(new ArrayList<>());
    }
    // The first round warms up.
    for (int round = 0; round <= rounds; round++) {
      for (int i = 0; i < names.size(); i++) {
        boolean isWhitened = i >= FeatureMap.values().length;
        FeatureMap map = isWhitened ? FeatureMap.LOG_L2 : FeatureMap.values()[i];
        double taken = score(spark, reference, queries, map, isWhitened ? whitening : null, dimension);
        if (round > 0) {
          seconds.get(i).add(taken);
        }
      }
    }
    double plain = median(seconds.get(0));
    for (int i = 0; i < names.size(); i++) {
      double median = median(seconds.get(i));
      System.out.printf(Locale.ROOT, "%-16s %6.2f s, %.2f of none (median of %d)%n", names.get(i), median, median / plain, rounds);
    }
    spark.stop();
  }

  /** As dn2 score does it: the detector holds mapped rows, images are mapped on their way. */
  private static double score(
      SparkSession spark, Dataset<Row> reference, Dataset<Row> queries, FeatureMap map, Whitening whitening, int dimension) {
    int mapped = whitening == null ? dimension : whitening.outputDimension();
    try (Features features = Features.by(map, whitening, spark);
        Scorer scorer =
            Scorer.of(
                features.of(reference),
                new Neighborhood(mapped, Distance.SQUARED_EUCLIDEAN, 2),
                SearchPlan.BROADCAST)) {
      long start = System.nanoTime();
      scorer
          .score(features.of(queries), SelfNeighbor.COUNTS)
          .write()
          .format("noop")
          .mode("overwrite")
          .save();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
