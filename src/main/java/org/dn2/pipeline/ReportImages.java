package org.dn2.pipeline;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.dn2.report.Findings;
import org.dn2.table.Tables;

/** Which images a page shows, with their nearest normal ones. A bounded choice of any number. */
final class ReportImages {
  private static final int STRANGEST = 36;
  private static final int BORDER = 16;
  private static final int STRIPS = 12;
  private static final int OF_STRIP = 6;
  private static final int NEAREST = 2;
  private static final int COPIES = 12;

  /** The longer side of a shown image, in pixels. */
  static final int SIDE = 168;

  private static final int SIDE_OF_NEAREST = 96;

  /** That to the nearest; null where a score has no neighbors. */
  static final Column DISTANCE = array_min(col(Tables.NEIGHBOR_DISTANCES));

  private record Chosen(Row row, Set<Findings.Kind> kinds) {}

  private final List<Chosen> chosen;
  private final Map<String, ShownImage> shown;
  private final Map<String, ShownImage> shownNearest;

  private ReportImages(
      List<Chosen> chosen, Map<String, ShownImage> shown, Map<String, ShownImage> shownNearest) {
    this.chosen = chosen;
    this.shown = shown;
    this.shownNearest = shownNearest;
  }

  /**
   * Chooses the images.
   *
   * @param source of the page
   * @param scores its rows of {@link Tables#SCORES}, in their types
   * @param threshold null for none
   * @param strips that show some of their own
   * @param copyDistance at most which an image is nearly the same as the one nearest to it; null
   *     where none is
   */
  static ReportImages of(
      ReportSource source,
      Dataset<Row> scores,
      Double threshold,
      Strips strips,
      Double copyDistance) {
    Map<String, Chosen> chosen = new LinkedHashMap<>();
    Column[] strangestFirst = {col(Tables.SCORE).desc(), col(Tables.IMAGE_ID)};
    add(chosen, Findings.Kind.STRANGEST, scores.orderBy(strangestFirst).limit(STRANGEST));
    if (threshold != null) {
      add(
          chosen,
          Findings.Kind.BORDER,
          scores
              .orderBy(abs(col(Tables.SCORE).minus(threshold)), col(Tables.IMAGE_ID))
              .limit(BORDER));
    }
    if (!strips.names().isEmpty()) {
      String place = "_place";
      add(
          chosen,
          Findings.Kind.OF_STRIP,
          scores
              .filter(col(strips.column()).isin(strips.names().toArray()))
              .withColumn(
                  place,
                  row_number().over(Window.partitionBy(strips.column()).orderBy(strangestFirst)))
              .filter(col(place).leq(OF_STRIP))
              .orderBy(strangestFirst));
    }
    if (copyDistance != null) {
      add(
          chosen,
          Findings.Kind.COPY,
          scores
              .filter(DISTANCE.leq(copyDistance))
              .orderBy(DISTANCE, col(Tables.IMAGE_ID))
              .limit(COPIES));
    }
    Map<String, String> paths = new HashMap<>();
    chosen.forEach((id, image) -> paths.put(id, image.row().getAs(Tables.PATH)));
    return new ReportImages(
        List.copyOf(chosen.values()),
        source.images().of(paths),
        source.referenceImages().of(paths(source.reference(), nearestOf(chosen.values()))));
  }

  /**
   * By what images have strips of their own.
   *
   * @param column the label, or the group where there are no labels
   * @param names those that most images have, those of the most first; empty for no strips
   */
  record Strips(String column, List<String> names) {
    static Strips of(Dataset<Row> scores) {
      List<String> labels = names(scores, Tables.LABEL, 1);
      // A group that is scored as one has one row, and is no strip.
      return labels.isEmpty()
          ? new Strips(Tables.GROUP_ID, names(scores, Tables.GROUP_ID, 2))
          : new Strips(Tables.LABEL, labels);
    }

    private static List<String> names(Dataset<Row> scores, String column, int least) {
      return scores
          .filter(col(column).isNotNull())
          .groupBy(column)
          .count()
          .filter(col("count").geq(least))
          .orderBy(col("count").desc(), col(column))
          .limit(STRIPS)
          .collectAsList()
          .stream()
          .map(row -> row.getString(0))
          .toList();
    }

    /** The labels; none where the strips are of groups. */
    List<String> labels() {
      return column.equals(Tables.LABEL) ? names : List.of();
    }
  }

  private static void add(Map<String, Chosen> chosen, Findings.Kind kind, Dataset<Row> rows) {
    rows.collectAsList()
        .forEach(
            row ->
                chosen
                    .computeIfAbsent(
                        row.getAs(Tables.IMAGE_ID),
                        id -> new Chosen(row, EnumSet.noneOf(Findings.Kind.class)))
                    .kinds()
                    .add(kind));
  }

  private static Set<String> nearestOf(Collection<Chosen> images) {
    Set<String> ids = new LinkedHashSet<>();
    images.forEach(image -> ids.addAll(nearestIds(image.row())));
    return ids;
  }

  private static List<String> nearestIds(Row row) {
    List<String> ids = row.getList(row.fieldIndex(Tables.NEIGHBOR_IDS));
    return ids.subList(0, Math.min(NEAREST, ids.size()));
  }

  /**
   * The paths of some images.
   *
   * @param reference columns image_id and path; null for none
   */
  static Map<String, String> paths(Dataset<Row> reference, Set<String> ids) {
    Map<String, String> paths = new HashMap<>();
    if (reference != null && !ids.isEmpty()) {
      reference
          .filter(col(Tables.IMAGE_ID).isin(ids.toArray()))
          .select(Tables.IMAGE_ID, Tables.PATH)
          .collectAsList()
          .forEach(row -> paths.put(row.getString(0), row.getString(1)));
    }
    return paths;
  }

  /** The images' rows of {@link Tables#SCORES}, in the order of {@link #with}. */
  List<Row> rows() {
    return chosen.stream().map(Chosen::row).toList();
  }

  private static String id(Chosen image) {
    return image.row().getAs(Tables.IMAGE_ID);
  }

  /** Where the pixels of the chosen images come from, by their ids. */
  Map<String, ShownImage> shown() {
    return shown;
  }

  /** How many bytes the images' names take on the page, roughly; they may be of any length. */
  long bytesOfNames() {
    List<Object> names = new ArrayList<>();
    for (Chosen image : chosen) {
      names.add(image.row().getAs(Tables.IMAGE_ID));
      names.add(image.row().getAs(Tables.LABEL));
      names.add(image.row().getAs(Tables.GROUP_ID));
      names.add(nearestIds(image.row()));
    }
    try {
      return new ObjectMapper().writeValueAsBytes(names).length;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("names must be writable as JSON", e);
    }
  }

  /** Asks for the pictures, the strangest images' first, and second neighbors' last. */
  void want(ReportPictures pictures) {
    for (int nearest = 0; nearest < NEAREST; nearest++) {
      for (Chosen image : chosen) {
        pictures.want(shown.get(id(image)), SIDE);
        List<String> ids = nearestIds(image.row());
        if (nearest < ids.size()) {
          pictures.want(shownNearest.get(ids.get(nearest)), SIDE_OF_NEAREST);
        }
      }
    }
  }

  /** The images with the pictures that were made. */
  List<Findings.Image> with(ReportPictures pictures) {
    List<Findings.Image> images = new ArrayList<>();
    for (Chosen image : chosen) {
      Row row = image.row();
      List<Double> distances = row.getList(row.fieldIndex(Tables.NEIGHBOR_DISTANCES));
      List<Findings.Near> nearest = new ArrayList<>();
      for (String id : nearestIds(row)) {
        nearest.add(
            new Findings.Near(
                id,
                distances.get(nearest.size()),
                pictures.placeOf(shownNearest.get(id), SIDE_OF_NEAREST)));
      }
      images.add(
          new Findings.Image(
              row.getAs(Tables.IMAGE_ID),
              List.copyOf(image.kinds()),
              row.getAs(Tables.LABEL),
              row.getAs(Tables.GROUP_ID),
              row.<Double>getAs(Tables.SCORE),
              row.getAs(Tables.P_VALUE),
              row.getAs(Tables.IS_ANOMALY),
              pictures.placeOf(shown.get(id(image)), SIDE),
              nearest));
    }
    return images;
  }
}
