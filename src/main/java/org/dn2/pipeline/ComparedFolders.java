package org.dn2.pipeline;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.dn2.comparison.NamedEmbeddings;
import org.dn2.store.EmbeddingsStore;

/** Opens the folders of a comparison. */
final class ComparedFolders {
  private final SparkSession spark;

  ComparedFolders(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * The embeddings in some folders.
   *
   * @param labels a CSV file whose labels take the place of the embeddings' own, null for none
   */
  List<NamedEmbeddings> labeled(List<String> folders, String labels) {
    if (labels == null) {
      return open(folders);
    }
    LabelsFile file = new LabelsFile(spark, labels);
    return folders.stream().map(folder -> labeled(open(folder), file)).toList();
  }

  /** The embeddings in some folders as they are. */
  List<NamedEmbeddings> open(List<String> folders) {
    return folders.stream().map(this::open).toList();
  }

  private NamedEmbeddings open(String folder) {
    EmbeddingsStore.Stored embedded = new EmbeddingsStore(spark).open(folder);
    return new NamedEmbeddings(
        folder, embedded.model(), embedded.decoding(), embedded.embeddings());
  }

  private static NamedEmbeddings labeled(NamedEmbeddings stored, LabelsFile file) {
    return new NamedEmbeddings(
        stored.name(),
        stored.model(),
        stored.decoding(),
        file.of(stored.embeddings(), stored.name()));
  }
}
