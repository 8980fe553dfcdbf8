package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.neighbors.Distance;
import org.dn2.score.DetectorScoring;
import org.dn2.search.NeighborSearch;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;

/**
 * With which normal images an image is compared place by place: its k nearest, by which it was
 * scored, and those nearest to these. A sample of normal images is compared in the same way, each
 * with others alone.
 */
final class NearNormals {
  private static final int NORMALS = 6;
  private static final int SAMPLE = 32;

  private final Map<String, List<String>> ofSample;
  private final Map<String, List<String>> ofNearest;
  private final Map<String, ShownImage> shown;

  private NearNormals(
      Map<String, List<String>> ofSample,
      Map<String, List<String>> ofNearest,
      Map<String, ShownImage> shown) {
    this.ofSample = ofSample;
    this.ofNearest = ofNearest;
    this.shown = shown;
  }

  /**
   * Looks for them.
   *
   * @param reference the detector's reference set, with the images' paths; two rows or more
   * @param places of the reference set's images
   * @param images rows of {@link Tables#SCORES}
   */
  static NearNormals of(
      Detector detector, Dataset<Row> reference, ShownImages places, List<Row> images) {
    long others = detector.referenceRows() - 1;
    Neighborhood neighborhood =
        new Neighborhood(
            detector.dimension(),
            Distance.named(detector.distance()),
            (int) Math.min(Math.max(NORMALS, detector.k()), others));
    Dataset<Row> sample =
        reference.orderBy(xxhash64(col(Tables.IMAGE_ID)), col(Tables.IMAGE_ID)).limit(SAMPLE);
    try (NeighborSearch search =
        NeighborSearch.open(
            reference, neighborhood, DetectorScoring.planOf(detector, SearchPlan.AUTO))) {
      Map<String, List<String>> ofSample = new LinkedHashMap<>();
      found(search, sample)
          .forEach(
              (id, near) -> ofSample.put(id, near.subList(0, Math.min(detector.k(), near.size()))));
      Set<String> nearest = new LinkedHashSet<>();
      images.forEach(image -> nearest.addAll(neighbors(image)));
      ofSample.values().forEach(nearest::addAll);
      Map<String, List<String>> ofNearest = found(search, rows(reference, nearest));
      Set<String> all = new LinkedHashSet<>(ofSample.keySet());
      all.addAll(nearest);
      ofNearest.values().forEach(all::addAll);
      return new NearNormals(ofSample, ofNearest, places.of(ReportImages.paths(reference, all)));
    }
  }

  private static Map<String, List<String>> found(NeighborSearch search, Dataset<Row> queries) {
    Map<String, List<String>> found = new HashMap<>();
    search
        .nearest(queries, SelfNeighbor.EXCLUDED)
        .collectAsList()
        .forEach(
            row ->
                found.put(
                    row.getString(NeighborSearch.NEIGHBORS.fieldIndex(Tables.IMAGE_ID)),
                    row.getList(NeighborSearch.NEIGHBORS.fieldIndex(Tables.NEIGHBOR_IDS))));
    return found;
  }

  private static Dataset<Row> rows(Dataset<Row> reference, Collection<String> ids) {
    return reference.filter(col(Tables.IMAGE_ID).isin(ids.toArray()));
  }

  private static List<String> neighbors(Row image) {
    return image.getList(image.fieldIndex(Tables.NEIGHBOR_IDS));
  }

  /** A scored image's normal ones, the nearest first; empty where none is known. */
  List<ShownImage> of(Row image) {
    return normals(image.getAs(Tables.IMAGE_ID), neighbors(image));
  }

  private List<ShownImage> normals(String image, List<String> nearest) {
    Set<String> ids = new LinkedHashSet<>(nearest);
    for (int place = 0; place < NORMALS; place++) {
      for (String near : nearest) {
        List<String> further = ofNearest.getOrDefault(near, List.of());
        if (place < further.size()) {
          ids.add(further.get(place));
        }
      }
    }
    ids.remove(image);
    return ids.stream().map(shown::get).filter(Objects::nonNull).limit(NORMALS).toList();
  }

  /** A normal image and the normal ones that it is compared with. */
  record Sampled(ShownImage image, List<ShownImage> normals) {}

  /** The sample, without those that cannot be found. */
  List<Sampled> sample() {
    List<Sampled> sampled = new ArrayList<>();
    ofSample.forEach(
        (id, nearest) -> {
          if (shown.get(id) != null) {
            sampled.add(new Sampled(shown.get(id), normals(id, nearest)));
          }
        });
    return sampled;
  }
}
