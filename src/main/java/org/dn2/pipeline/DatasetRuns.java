package org.dn2.pipeline;

import org.apache.spark.sql.SparkSession;
import org.dn2.features.FeatureMap;
import org.dn2.reproduction.DatasetFolder;
import org.dn2.reproduction.ExperimentRun;
import org.dn2.store.EmbeddingsStore;

/** Opens datasets for the experiments: their embeddings are made if they are not there. */
final class DatasetRuns {
  private final SparkSession spark;
  private final StoredEmbeddings stored;
  private final int trainPerClass;

  /**
   * @param trainPerClass training images of a class at most, 0 for all
   */
  DatasetRuns(SparkSession spark, StoredEmbeddings stored, int trainPerClass) {
    this.spark = spark;
    this.stored = stored;
    this.trainPerClass = trainPerClass;
  }

  /** A dataset's embeddings by one backbone, in one form. */
  ExperimentRun open(DatasetFolder dataset, BackboneFolder backbone, FeatureMap form) {
    String train = stored.of(dataset, DatasetFolder.TRAIN, backbone, trainPerClass);
    String test = stored.of(dataset, DatasetFolder.TEST, backbone, 0);
    return new ExperimentRun(
        spark,
        stored.read(train, form),
        stored.read(test, form),
        new EmbeddingsStore(spark).open(train).embeddings(),
        form);
  }
}
