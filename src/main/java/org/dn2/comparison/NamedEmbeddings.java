package org.dn2.comparison;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ModelSpec;

/**
 * Embeddings of some images by one backbone.
 *
 * @param name of the folder that they come from, for tables and messages
 * @param model the backbone
 * @param embeddings rows of {@link org.dn2.table.Tables#EMBEDDINGS}
 */
public record NamedEmbeddings(String name, ModelSpec model, Dataset<Row> embeddings) {}
