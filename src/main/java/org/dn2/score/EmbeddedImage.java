package org.dn2.score;

/**
 * An image to score. A bean, because Spark moves a {@code float[]} of a bean without boxing its
 * numbers.
 */
public final class EmbeddedImage {
  private String imageId;
  private String path;
  private String label;
  private String groupId;
  private float[] embedding;

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

  public void setEmbedding(float[] embedding) {
    this.embedding = embedding;
  }
}
