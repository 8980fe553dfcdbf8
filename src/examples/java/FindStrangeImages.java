import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.dn2.ml.DeepNearestNeighbors;
import org.dn2.ml.ImageEmbedder;

/** Fits a detector to a folder of normal images, and shows the strangest of another folder. */
public final class FindStrangeImages {
  private FindStrangeImages() {}

  /**
   * @param arguments folder of normal images, folder of new ones, backbone ({@code default})
   */
  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    ImageEmbedder embedder = new ImageEmbedder().setModel(arguments[2]);
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {embedder, new DeepNearestNeighbors()});
    PipelineModel model =
        pipeline.fit(spark.read().format("binaryFile").load(arguments[0]).select("path"));
    model
        .transform(spark.read().format("binaryFile").load(arguments[1]).select("path"))
        .select("path", "score", "p_value", "is_anomaly", "reason")
        .orderBy(functions.desc("score"))
        .show(20, false);
    spark.stop();
  }
}
