package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.DecodeLimits;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/**
 * Embeddings that images of the same content have already, under another name. Only files whose
 * size an embedded one has are read for it.
 *
 * @param runs whose rows count
 * @param fingerprint of the model
 */
record NightlyReuse(
    SparkSession spark, Plant plant, Set<PlantTable.RunKey> runs, String fingerprint) {
  private static final int SHA256_BITS = 256;

  /** Where a stored embedding is. */
  private static final String FOUND = "_found";

  private static final String[] CROP = {
    Tables.CROP_X, Tables.CROP_Y, Tables.CROP_WIDTH, Tables.CROP_HEIGHT
  };

  /**
   * The images that have one, and where it is.
   *
   * @param images rows of {@link Tables#LISTING}, among others; cached
   * @param count how many
   * @return columns image_id, content_sha256 and a place
   */
  Dataset<Row> places(Dataset<Row> images, long count) {
    Dataset<Row> stored =
        plant
            .embeddings()
            .keys(
                runs,
                Tables.SIZE_BYTES,
                Tables.CONTENT_SHA256,
                Tables.CROP_X,
                Tables.CROP_Y,
                Tables.CROP_WIDTH,
                Tables.CROP_HEIGHT,
                PlantColumns.MODEL_FINGERPRINT,
                PlantColumns.SOURCE,
                Tables.IMAGE_ID,
                PlantColumns.IMAGE_VERSION)
            .filter(col(PlantColumns.MODEL_FINGERPRINT).equalTo(fingerprint));
    // A listing's few bytes are in few partitions; the files that it names are read by all cores.
    long tasks = Math.min(count, 4L * spark.sparkContext().defaultParallelism());
    Dataset<Row> candidates =
        images
            .join(stored.select(Tables.SIZE_BYTES), new String[] {Tables.SIZE_BYTES}, "left_semi")
            .repartition((int) tasks, col(Tables.IMAGE_ID));
    Dataset<Row> hashed =
        new ReadContent(
                DecodeLimits.DEFAULT,
                new SerializableConfiguration(spark.sessionState().newHadoopConf()),
                spark.sparkContext().longAccumulator("images hashed"))
            .of(candidates)
            .filter(col(Tables.CONTENT).isNotNull())
            .withColumn(Tables.CONTENT_SHA256, sha2(col(Tables.CONTENT), SHA256_BITS))
            .select(
                col(Tables.IMAGE_ID),
                col(Tables.CONTENT_SHA256),
                struct(columns("", CROP)).as("_crop"));
    Dataset<Row> where =
        stored.select(
            col(Tables.CONTENT_SHA256),
            struct(columns("", CROP)).as("_crop"),
            struct(
                    col(PlantTable.FILE),
                    col(PlantColumns.SOURCE),
                    col(Tables.IMAGE_ID),
                    col(PlantColumns.IMAGE_VERSION))
                .as(FOUND));
    return hashed
        .join(
            where,
            hashed
                .col(Tables.CONTENT_SHA256)
                .equalTo(where.col(Tables.CONTENT_SHA256))
                .and(hashed.col("_crop").eqNullSafe(where.col("_crop"))))
        .groupBy(hashed.col(Tables.IMAGE_ID), hashed.col(Tables.CONTENT_SHA256))
        .agg(min(FOUND).as(FOUND));
  }

  private static Column[] columns(String prefix, String... names) {
    return List.of(names).stream().map(name -> col(prefix + name)).toArray(Column[]::new);
  }

  /**
   * The images with those embeddings.
   *
   * @param images rows of {@link Tables#LISTING}, among others
   * @param places of {@link #places}, cached
   * @return the columns of the images, content_sha256, embedding and model_id
   */
  Dataset<Row> embeddings(Dataset<Row> images, Dataset<Row> places) {
    List<String> files =
        places
            .select(col(FOUND).getField(PlantTable.FILE))
            .distinct()
            .as(Encoders.STRING())
            .collectAsList();
    Dataset<Row> stored =
        plant
            .embeddings()
            .ofFiles(files)
            .filter(col(PlantColumns.MODEL_FINGERPRINT).equalTo(fingerprint))
            .select(
                struct(
                        lit("").as(PlantTable.FILE),
                        col(PlantColumns.SOURCE),
                        col(Tables.IMAGE_ID),
                        col(PlantColumns.IMAGE_VERSION))
                    .as(FOUND),
                col(Tables.EMBEDDING),
                col(Tables.MODEL_ID));
    Dataset<Row> wanted = places.withColumn(FOUND, col(FOUND).withField(PlantTable.FILE, lit("")));
    return images
        .join(wanted, new String[] {Tables.IMAGE_ID})
        .join(stored, new String[] {FOUND})
        .drop(FOUND);
  }
}
