package org.dn2.comparison;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * The labels of some embeddings' images, and what a comparison demands of them.
 *
 * @param name of the embeddings, for messages
 * @param labels by image id
 */
record LabeledImages(String name, SortedMap<String, String> labels) {
  /** Their scores come to the driver. */
  private static final long MOST_IMAGES = 1_000_000;

  private static final int LABELS_SHOWN = 20;

  LabeledImages {
    labels = Collections.unmodifiableSortedMap(labels);
  }

  /**
   * Brings the labels to the driver.
   *
   * @throws UserDataException if there are too many, or an image has none
   */
  static LabeledImages of(NamedEmbeddings images) {
    if (images.embeddings().count() > MOST_IMAGES) {
      throw new UserDataException(
          "%s has more than %,d labeled images. Compare on a sample of them."
              .formatted(images.name(), MOST_IMAGES));
    }
    SortedMap<String, String> labels = new TreeMap<>();
    for (Row row : images.embeddings().select(Tables.IMAGE_ID, Tables.LABEL).collectAsList()) {
      if (row.isNullAt(1)) {
        throw new UserDataException(
            "The image %s of %s has no label. Labels come from a manifest's column or from --label-pattern when images are embedded, or from --labels."
                .formatted(row.getString(0), images.name()));
      }
      labels.put(row.getString(0), row.getString(1));
    }
    return new LabeledImages(images.name(), labels);
  }

  /**
   * @param names of all embeddings that are compared, for the message
   * @throws UserDataException naming an image that has not the same label in both
   */
  void requireSameAs(LabeledImages first, List<String> names) {
    if (first.labels.equals(labels)) {
      return;
    }
    String example =
        Stream.concat(first.labels.keySet().stream(), labels.keySet().stream())
            .filter(id -> !Objects.equals(first.labels.get(id), labels.get(id)))
            .findFirst()
            .orElseThrow();
    throw new UserDataException(
        "%s are not embeddings of the same labeled images: %s, for one, is not the same in all. A comparison needs pairs."
            .formatted(String.join(" and ", names), example));
  }

  /**
   * @throws UserDataException if a normal label is no image's
   */
  void requireLabels(List<String> normalLabels) {
    Set<String> found = new TreeSet<>(labels.values());
    for (String label : normalLabels) {
      if (!found.contains(label)) {
        throw new UserDataException(
            "No image of %s has the normal label %s; the labels are: %s."
                .formatted(
                    name,
                    label,
                    found.stream().limit(LABELS_SHOWN).collect(Collectors.joining(", "))));
      }
    }
  }

  /**
   * That the images can judge each other: a normal one has one normal image less.
   *
   * @throws UserDataException if k others are not there
   */
  void requireOthers(List<String> normalLabels, int k) {
    long others = labels.values().stream().filter(normalLabels::contains).count() - 1;
    if (k > others) {
      throw new UserDataException(
          "k is %d, but each normal image has %d others to be judged by. Give a smaller --k or more normal images."
              .formatted(k, Math.max(0, others)));
    }
  }
}
