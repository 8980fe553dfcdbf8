/**
 * The method as stages of MLlib's pipelines: files in, features out ({@link
 * org.dn2.ml.ImageEmbedder}); features of normal images in, a detector out ({@link
 * org.dn2.ml.DeepNearestNeighbors}); features in, scores out ({@link
 * org.dn2.ml.DeepNearestNeighborsModel}); scores and labels in, ROCAUC out ({@link
 * org.dn2.ml.RocAucEvaluator}).
 *
 * <pre>{@code
 * Dataset<Row> normal = spark.read().format("binaryFile").load("photos/good").select("path");
 * Dataset<Row> tonight = spark.read().format("binaryFile").load("photos/tonight").select("path");
 * PipelineModel model =
 *     new Pipeline()
 *         .setStages(new PipelineStage[] {new ImageEmbedder(), new DeepNearestNeighbors()})
 *         .fit(normal);
 * model.transform(tonight).orderBy(functions.desc("score")).show();
 * }</pre>
 *
 * <p>A saved model is the folder of a detector as {@code dn2 fit} writes it, and either reads the
 * other's. Beside {@link org.dn2.pipeline} this is the one package that composes the others; it
 * fits, scores and stores nothing by itself.
 */
package org.dn2.ml;
