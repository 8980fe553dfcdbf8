package org.dn2.comparison;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.Decoding;

/**
 * Embeddings of some images by one backbone.
 *
 * @param name of the folder that they come from, for tables and messages
 * @param model the backbone
 * @param decoding how files became pixels; null if it is not known
 * @param embeddings rows of {@link org.dn2.table.Tables#EMBEDDINGS}
 */
public record NamedEmbeddings(
    String name, ModelSpec model, Decoding decoding, Dataset<Row> embeddings) {
  ModelFingerprint fingerprint() {
    return ModelFingerprint.of(model, decoding);
  }
}
