package org.dn2.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.Serializable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * An image, or a group of images, and its embedding. A bean, because Spark moves a {@code float[]}
 * of a bean without boxing its numbers.
 */
public final class EmbeddedImage implements Serializable {
  private static final long serialVersionUID = 1L;

  private String imageId;
  private String path;
  private String label;
  private String groupId;
  private float[] embedding;

  /** The bean form of an embeddings table; columns that are missing become null. */
  public static Dataset<EmbeddedImage> in(Dataset<Row> embeddings) {
    Tables.requireColumns(embeddings, "The table of embeddings", Tables.IMAGE_ID, Tables.EMBEDDING);
    return embeddings
        .select(
            col(Tables.IMAGE_ID).as("imageId"),
            columnOrNull(embeddings, Tables.PATH, "path"),
            columnOrNull(embeddings, Tables.LABEL, "label"),
            columnOrNull(embeddings, Tables.GROUP_ID, "groupId"),
            col(Tables.EMBEDDING).as("embedding"))
        .as(Encoders.bean(EmbeddedImage.class));
  }

  /** The columns image_id, path, label, group_id and embedding of beans. */
  public static Dataset<Row> rows(Dataset<EmbeddedImage> images) {
    return images.select(
        col("imageId").as(Tables.IMAGE_ID),
        col("path").as(Tables.PATH),
        col("label").as(Tables.LABEL),
        col("groupId").as(Tables.GROUP_ID),
        col("embedding").as(Tables.EMBEDDING));
  }

  private static Column columnOrNull(Dataset<Row> table, String name, String beanName) {
    boolean present = table.schema().getFieldIndex(name).isDefined();
    return (present ? col(name) : lit(null).cast(DataTypes.StringType)).as(beanName);
  }

  public String getImageId() {
    return imageId;
  }

  public void setImageId(String imageId) {
    this.imageId = imageId;
  }

  public String getPath() {
    return path;
  }

  public void setPath(String path) {
    this.path = path;
  }

  public String getLabel() {
    return label;
  }

  public void setLabel(String label) {
    this.label = label;
  }

  public String getGroupId() {
    return groupId;
  }

  public void setGroupId(String groupId) {
    this.groupId = groupId;
  }

  public float[] getEmbedding() {
    return embedding;
  }

  /**
   * Sets the embedding.
   *
   * @throws UserDataException if it is null, or holds NaN or infinity
   */
  public void setEmbedding(float[] embedding) {
    if (embedding == null) {
      throw new UserDataException("An image has no embedding. Embed the images again.");
    }
    for (float number : embedding) {
      if (!Float.isFinite(number)) {
        throw new UserDataException(
            "An embedding holds NaN or infinity, which has no distance to others. Embed the images again.");
      }
    }
    this.embedding = embedding;
  }

  /** The same image, its embedding left out. */
  public EmbeddedImage withoutEmbedding() {
    EmbeddedImage image = new EmbeddedImage();
    image.imageId = imageId;
    image.path = path;
    image.label = label;
    image.groupId = groupId;
    return image;
  }
}
