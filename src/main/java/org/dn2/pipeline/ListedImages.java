package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.group.Groups;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * What the steps that follow ask of images, as far as a listing can tell: it is told before the
 * first image is embedded. Images that are rejected later may still leave too few.
 *
 * @param path of the input, for messages
 * @param rows of {@link Tables#LISTING}
 */
record ListedImages(String path, Dataset<Row> rows) {
  private static final int LABELS_SHOWN = 20;

  /**
   * For a detector that is made of them.
   *
   * @param threshold where none is given, it is taken from images that are judged by others
   * @param dimension of an embedding
   * @throws UserDataException if the images are too few for the method, or in no groups where it is
   *     of groups
   */
  void requireFor(FitMethod method, ThresholdRule threshold, int dimension) {
    long images = rows.count();
    if (method.features().whitening() != null) {
      method.features().whitening().requireDimension(dimension);
      method.features().whitening().requireRows(images);
    }
    String what = "images";
    if (method.pooling() != null) {
      requireGroups();
      images = Groups.count(rows);
      what = "groups";
    }
    long left = images - method.cleaning().droppedOf(images);
    String kept =
        left == images ? "" : String.format(Locale.ROOT, ", of which cleaning leaves %,d", left);
    if (method.centers().isPresent() && method.centers().getAsInt() > left) {
      throw tooFew("%,d centers were asked for", method.centers().getAsInt(), images, what, kept);
    }
    if (threshold.given().isEmpty() && method.centers().isEmpty() && method.k() > left - 1) {
      throw tooFew(
          "%,d neighbors judge each image, which takes one image more",
          method.k(), images, what, kept);
    }
  }

  private UserDataException tooFew(
      String wanted, int number, long images, String what, String kept) {
    return new UserDataException(
        String.format(
            Locale.ROOT,
            wanted + ", but there are only %,d %s in %s%s. Give more images, or a smaller number.",
            number,
            images,
            what,
            path,
            kept));
  }

  /**
   * For scores of groups.
   *
   * @throws UserDataException if an image belongs to none
   */
  void requireGroups() {
    Row alone = without(Tables.GROUP_ID);
    if (alone.getLong(1) > 0) {
      throw new UserDataException(
          String.format(
              Locale.ROOT,
              "Groups are to be scored, but %,d of %,d images in %s belong to none, %s among them. Give a group pattern, or a manifest that has the column group_id.",
              alone.getLong(1),
              alone.getLong(0),
              path,
              alone.getString(2)));
    }
  }

  /**
   * For figures.
   *
   * @throws UserDataException if an image has no label
   */
  void requireLabels() {
    Row unlabeled = without(Tables.LABEL);
    if (unlabeled.getLong(1) > 0) {
      throw new UserDataException(
          String.format(
              Locale.ROOT,
              "An evaluation needs a label for each image, but %,d of %,d in %s have none, %s among them. Give a label pattern, or a manifest that has the column label.",
              unlabeled.getLong(1),
              unlabeled.getLong(0),
              path,
              unlabeled.getString(2)));
    }
  }

  private Row without(String name) {
    Column isMissing = col(name).isNull();
    return rows.agg(count(lit(1)), count_if(isMissing), min(when(isMissing, col(Tables.IMAGE_ID))))
        .head();
  }

  /**
   * For an evaluation of scores of images, or of their groups.
   *
   * @param normalLabels the labels that count as normal; all others are anomalous
   * @throws UserDataException if an image has no label, a normal label does not occur, or no other
   */
  void requireLabels(List<String> normalLabels) {
    requireLabels();
    List<String> found =
        rows.select(Tables.LABEL)
            .distinct()
            .orderBy(Tables.LABEL)
            .as(Encoders.STRING())
            .takeAsList(LABELS_SHOWN);
    String shown = String.join(", ", found);
    TreeSet<String> normal = new TreeSet<>(normalLabels);
    TreeSet<String> present =
        new TreeSet<>(
            rows.filter(col(Tables.LABEL).isin(normal.toArray()))
                .select(Tables.LABEL)
                .distinct()
                .as(Encoders.STRING())
                .collectAsList());
    for (String label : normal) {
      if (!present.contains(label)) {
        throw new UserDataException(
            "No image in %s has the normal label %s; the labels are: %s."
                .formatted(path, label, shown));
      }
    }
    if (rows.filter(not(col(Tables.LABEL).isin(normal.toArray()))).isEmpty()) {
      throw new UserDataException(
          "ROCAUC needs normal and anomalous images, but all in %s are normal. The labels are: %s; the normal ones: %s."
              .formatted(path, shown, String.join(", ", normal)));
    }
  }

  /**
   * For an evaluation of groups.
   *
   * @throws UserDataException if a group has images of several labels
   */
  void requireOneLabelAGroup() {
    List<Row> mixed =
        rows.groupBy(Tables.GROUP_ID)
            .agg(count_distinct(col(Tables.LABEL)).as("labels"))
            .filter(col("labels").gt(1))
            .orderBy(Tables.GROUP_ID)
            .takeAsList(1);
    if (!mixed.isEmpty()) {
      throw new UserDataException(
          "An evaluation of groups needs one label for each, but the images of the group %s in %s have %d."
              .formatted(mixed.get(0).getString(0), path, mixed.get(0).getLong(1)));
    }
  }
}
