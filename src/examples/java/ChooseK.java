import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.dn2.ml.DeepNearestNeighbors;
import org.dn2.ml.ImageEmbedder;
import org.dn2.ml.RocAucEvaluator;

/** Chooses k and cleaning by ROCAUC on images whose folders tell what they are. */
public final class ChooseK {
  private ChooseK() {}

  /**
   * @param arguments folder with a folder of images for each label, the normal label, backbone
   */
  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> files =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .load(arguments[0])
            .select(
                functions.col("path"),
                functions.regexp_extract(functions.col("path"), "([^/]+)/[^/]+$", 1).as("label"));
    // Embedded once, for all that is tried.
    Dataset<Row> embedded = new ImageEmbedder().setModel(arguments[2]).transform(files).cache();
    DeepNearestNeighbors estimator = new DeepNearestNeighbors().setNormalLabels(arguments[1]);
    CrossValidatorModel chosen =
        new CrossValidator()
            .setEstimator(estimator)
            .setEvaluator(new RocAucEvaluator().setNormalLabels(arguments[1]))
            .setEstimatorParamMaps(
                new ParamGridBuilder()
                    .addGrid(estimator.k(), new int[] {1, 2})
                    .addGrid(estimator.cleaning(), new double[] {0, 0.1})
                    .build())
            .setNumFolds(2)
            .fit(embedded);
    for (int i = 0; i < chosen.avgMetrics().length; i++) {
      System.out.printf(
          "k %s, cleaning %s: ROCAUC %.3f%n",
          chosen.getEstimatorParamMaps()[i].get(estimator.k()).get(),
          chosen.getEstimatorParamMaps()[i].get(estimator.cleaning()).get(),
          chosen.avgMetrics()[i]);
    }
    spark.stop();
  }
}
