package org.dn2.pipeline;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.heat.HeatMap;
import org.dn2.heat.HeatScale;
import org.dn2.image.Decoding;
import org.dn2.image.ImageDecoder;
import org.dn2.image.InputGeometry;
import org.dn2.image.View;
import org.dn2.json.JsonText;
import org.dn2.model.LocalMethod;
import org.dn2.report.Findings;
import org.dn2.report.HeatPicture;
import org.dn2.score.ModelCheck;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a page's images differ from normal ones, on the scale that a sample of normal images gives.
 *
 * @param network of the detector, with the method that gives local features
 */
record ReportHeatMaps(SparkSession spark, Detector detector, LocalMethod.Archive network) {
  private static final Logger LOG = LoggerFactory.getLogger(ReportHeatMaps.class);

  /** One and another that it is compared with. */
  private static final int LEAST_NORMALS = 2;

  /** Of all overlays together as Base64: a third of what a page's pictures may have. */
  private static final long MOST_CHARACTERS = 450_000;

  /**
   * Opens the network, and checks what would make the work be in vain.
   *
   * @param settings of a page with heat maps
   * @param fitted the detector, null where it is not at hand
   * @throws UserDataException if there is no detector, its reference set is not of single images,
   *     or the network is another than its own or gives no local features
   */
  static ReportHeatMaps open(
      SparkSession spark, ReportJob.Settings settings, FittedDetector fitted) {
    if (fitted == null) {
      throw new UserDataException(
          "Heat maps compare images with the detector's normal ones. Give --detector.");
    }
    Detector detector = fitted.description();
    String place = settings.detector();
    requireImages(detector, place);
    BackboneFolder backbone = settings.heatMapsBy();
    ModelSpec spec = backbone.spec();
    if (detector.model() != null) {
      spec =
          spec.withViews(
              ModelSpec.of(JsonText.object(detector.model(), "The model of " + place)).views());
    }
    new ModelCheck(detector, place)
        .requireToEmbedWith(ModelFingerprint.of(spec, Decoding.chosen(detector.decoding())));
    return new ReportHeatMaps(spark, detector, LocalMethod.addedTo(spec, backbone.torchScript()));
  }

  private static void requireImages(Detector detector, String place) {
    if (detector.pooling() != null || detector.clustering() != null) {
      throw new UserDataException(
          "The detector in %s compares with %s instead of normal images, so that there are no heat maps. Leave out --heat-maps, or fit a detector without %s."
              .formatted(
                  place,
                  detector.pooling() != null ? "groups" : "centers",
                  detector.pooling() != null ? "--pool" : "--centers"));
    }
    if (detector.referenceRows() < LEAST_NORMALS) {
      throw new UserDataException(
          "The detector in %s has %d normal images; heat maps need %d or more."
              .formatted(place, detector.referenceRows(), LEAST_NORMALS));
    }
  }

  /**
   * The overlays of a page's images.
   *
   * @param shown the page's images, the most important first
   * @param source of the page, with the detector's reference set
   * @param decoder by which the images were embedded
   * @return null where no normal image can be read, so that nothing can be said
   */
  Findings.HeatMaps of(ReportImages shown, ReportSource source, ImageDecoder decoder) {
    List<Row> images = shown.rows();
    List<HeatMapTask.Wanted> wanted = wanted(shown, source);
    Map<Integer, HeatMapTask.Made> made = new HashMap<>();
    InputGeometry geometry = geometry(network.spec());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<byte[]> torchScript = context.broadcast(network.torchScript());
    try {
      context
          .parallelize(wanted, Math.max(1, Math.min(wanted.size(), context.defaultParallelism())))
          .mapPartitions(
              new HeatMapTask(
                  network.spec(),
                  torchScript,
                  geometry,
                  decoder,
                  new SerializableConfiguration(spark.sessionState().newHadoopConf())))
          .collect()
          .forEach(map -> made.put(map.number(), map));
    } finally {
      torchScript.destroy();
    }
    List<HeatMap> normals =
        made.values().stream()
            .filter(map -> map.number() >= images.size())
            .map(map -> map.map().smooth(geometry.cropSize(), geometry.cropSize()))
            .toList();
    if (normals.isEmpty()) {
      LOG.warn("report: no heat maps, for none of the detector's normal images can be read");
      return null;
    }
    return new Findings.HeatMaps(
        overlays(images.size(), made, HeatScale.of(normals), geometry), normals.size());
  }

  private static List<String> overlays(
      int images, Map<Integer, HeatMapTask.Made> made, HeatScale scale, InputGeometry geometry) {
    List<String> overlays = new ArrayList<>();
    long characters = 0;
    for (int number = 0; number < images; number++) {
      HeatMapTask.Made one = made.get(number);
      String overlay = one == null ? null : overlay(one, scale, geometry);
      if (overlay != null) {
        characters += overlay.length();
      }
      overlays.add(characters > MOST_CHARACTERS ? null : overlay);
    }
    return overlays;
  }

  private static String overlay(HeatMapTask.Made made, HeatScale scale, InputGeometry geometry) {
    double shrink =
        Math.min(1, (double) ReportImages.SIDE / Math.max(made.imageWidth(), made.imageHeight()));
    return Base64.getEncoder()
        .encodeToString(
            HeatPicture.png(
                made.map().smooth(geometry.cropSize(), geometry.cropSize()),
                scale,
                geometry.seen(made.imageWidth(), made.imageHeight()),
                (int) Math.max(1, Math.round(made.imageWidth() * shrink)),
                (int) Math.max(1, Math.round(made.imageHeight() * shrink))));
  }

  /** The first view's, left and right as they are in the image. */
  private static InputGeometry geometry(ModelSpec spec) {
    View first = spec.views().get(0);
    View unturned =
        switch (first) {
          case CENTER, MIRROR -> View.CENTER;
          case WHOLE, WHOLE_MIRROR -> View.WHOLE;
        };
    return unturned.of(spec.resizeMode(), spec.resizeSize(), spec.cropSize(), spec.interpolation());
  }

  /** The images by their places, and after them the sample. */
  private List<HeatMapTask.Wanted> wanted(ReportImages shown, ReportSource source) {
    List<Row> images = shown.rows();
    NearNormals near =
        NearNormals.of(detector, source.reference(), source.referenceImages(), images);
    List<HeatMapTask.Wanted> wanted = new ArrayList<>();
    for (int number = 0; number < images.size(); number++) {
      Row image = images.get(number);
      ShownImage place = shown.shown().get(image.<String>getAs(Tables.IMAGE_ID));
      if (place != null) {
        wanted.add(new HeatMapTask.Wanted(number, place, near.of(image)));
      }
    }
    for (NearNormals.Sampled normal : near.sample()) {
      int number = images.size() + wanted.size();
      wanted.add(new HeatMapTask.Wanted(number, normal.image(), normal.normals()));
    }
    return wanted;
  }
}
