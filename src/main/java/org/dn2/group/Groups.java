package org.dn2.group;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Groups of images, as one row each. An image that was rejected is not in its group: the group is
 * made of the images that are left, and a group without any is not there.
 */
public final class Groups {
  /** How many images a group has. */
  public static final String SIZE = "group_size";

  private static final StructType POOLED =
      new StructType()
          .add(Tables.EMBEDDINGS.apply(Tables.IMAGE_ID))
          .add(Tables.EMBEDDINGS.apply(Tables.LABEL))
          .add(Tables.EMBEDDINGS.apply(Tables.GROUP_ID))
          .add(SIZE, DataTypes.IntegerType, false);

  private final Dataset<Row> embeddings;

  /**
   * @param embeddings rows of {@link Tables#EMBEDDINGS}
   * @throws UserDataException if an image belongs to no group
   */
  public Groups(Dataset<Row> embeddings) {
    Tables.requireColumns(
        embeddings, "The table of embeddings", Tables.IMAGE_ID, Tables.GROUP_ID, Tables.EMBEDDING);
    Dataset<Row> alone = embeddings.filter(col(Tables.GROUP_ID).isNull()).select(Tables.IMAGE_ID);
    List<Row> examples = alone.orderBy(Tables.IMAGE_ID).limit(1).collectAsList();
    if (!examples.isEmpty()) {
      throw new UserDataException(
          "%d images belong to no group, %s among them. Embed them with a group pattern, or with a manifest that has the column group_id."
              .formatted(alone.count(), examples.get(0).getString(0)));
    }
    this.embeddings = embeddings;
  }

  /** How many groups images form. */
  public static long count(Dataset<Row> images) {
    return images.select(Tables.GROUP_ID).distinct().count();
  }

  /**
   * One embedding per group.
   *
   * @return columns image_id and group_id (both the group's id), label (the images' one label, null
   *     if they differ), group_size and embedding
   */
  public Dataset<Row> pooled(Pooling pooling) {
    StructType schema = POOLED.add(Tables.EMBEDDINGS.apply(Tables.EMBEDDING));
    return aggregated(new Pool(pooling), schema);
  }

  /**
   * One score per group: the trace of its embeddings' covariance ({@link Spread}).
   *
   * @return columns image_id and group_id (both the group's id), label, group_size and score
   */
  public Dataset<Row> spreads() {
    return aggregated(new Trace(), POOLED.add(Tables.SCORES.apply(Tables.SCORE)));
  }

  private Dataset<Row> aggregated(
      FlatMapGroupsFunction<String, EmbeddedImage, Row> function, StructType schema) {
    Encoder<Row> rows = Encoders.row(schema);
    return EmbeddedImage.in(embeddings)
        .groupByKey(
            (MapFunction<EmbeddedImage, String>) EmbeddedImage::getGroupId, Encoders.STRING())
        .flatMapSortedGroups(new Column[] {col("imageId")}, function, rows);
  }

  /** The images of a group in the order of ids, and what they have in common. */
  private record Members(List<float[]> embeddings, String label) {

    static Members of(Iterator<EmbeddedImage> images) {
      List<float[]> embeddings = new ArrayList<>();
      String label = null;
      boolean oneLabel = true;
      while (images.hasNext()) {
        EmbeddedImage image = images.next();
        if (embeddings.isEmpty()) {
          label = image.getLabel();
        } else {
          requireDimension(image, embeddings.get(0).length);
          oneLabel &= label != null && label.equals(image.getLabel());
        }
        embeddings.add(image.getEmbedding());
      }
      return new Members(embeddings, oneLabel ? label : null);
    }

    private static void requireDimension(EmbeddedImage image, int dimension) {
      if (image.getEmbedding().length != dimension) {
        throw new UserDataException(
            "The embedding of %s has %d numbers, others of its group have %d. Were all images embedded by the same model?"
                .formatted(image.getImageId(), image.getEmbedding().length, dimension));
      }
    }

    Iterator<Row> row(String group, Object value) {
      return List.of(RowFactory.create(group, label, group, embeddings.size(), value)).iterator();
    }
  }

  private record Pool(Pooling pooling)
      implements FlatMapGroupsFunction<String, EmbeddedImage, Row> {
    @Override
    public Iterator<Row> call(String group, Iterator<EmbeddedImage> images) {
      Members members = Members.of(images);
      return members.row(group, pooling.pool(members.embeddings()));
    }
  }

  private record Trace() implements FlatMapGroupsFunction<String, EmbeddedImage, Row> {
    @Override
    public Iterator<Row> call(String group, Iterator<EmbeddedImage> images) {
      Members members = Members.of(images);
      return members.row(group, Spread.covarianceTrace(members.embeddings()));
    }
  }
}
