package org.dn2.embedding;

import java.sql.Timestamp;

/**
 * What became of one listed image: an embedding, or a reason and a message. A bean, because Spark
 * moves a {@code float[]} of a bean without boxing its numbers.
 */
public final class ImageOutcome {
  private String imageId;
  private String path;
  private Long sizeBytes;
  private Timestamp modifiedAt;
  private String contentSha256;
  private String label;
  private String groupId;
  private float[] embedding;
  private String reason;
  private String message;
  private Long listedAs;
  private Integer fewBits;

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

  public Long getSizeBytes() {
    return sizeBytes;
  }

  public void setSizeBytes(Long sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  public Timestamp getModifiedAt() {
    return modifiedAt;
  }

  public void setModifiedAt(Timestamp modifiedAt) {
    this.modifiedAt = modifiedAt;
  }

  public String getContentSha256() {
    return contentSha256;
  }

  public void setContentSha256(String contentSha256) {
    this.contentSha256 = contentSha256;
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

  public String getReason() {
    return reason;
  }

  public void setReason(String reason) {
    this.reason = reason;
  }

  public String getMessage() {
    return message;
  }

  public void setMessage(String message) {
    this.message = message;
  }

  public Long getListedAs() {
    return listedAs;
  }

  public void setListedAs(Long listedAs) {
    this.listedAs = listedAs;
  }

  /** How many bits the samples use, if they were taken to use 16 and need few of them; or null. */
  public Integer getFewBits() {
    return fewBits;
  }

  public void setFewBits(Integer fewBits) {
    this.fewBits = fewBits;
  }
}
