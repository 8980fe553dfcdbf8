package org.dn2.fit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.image.Decoding;
import org.dn2.json.JsonText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeddings of normal images in, a detector out. Its tables are made as they are read: close the
 * fit once they have been written, to free what executors keep of them.
 */
public final class Fit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fit.class);

  private final FittedDetector detector;
  private final Kept kept;

  private Fit(FittedDetector detector, Kept kept) {
    this.detector = detector;
    this.kept = kept;
  }

  /**
   * Where a detector comes from.
   *
   * @param embeddings the name of the table of embeddings
   * @param decoding how the images' files became pixels; null if it is not known
   * @param normalLabels the labels that the images were limited to; empty if they were not
   * @param runId of the run that fits
   */
  public record Provenance(
      String embeddings, Decoding decoding, List<String> normalLabels, String runId) {
    public Provenance {
      normalLabels = List.copyOf(normalLabels);
    }
  }

  /**
   * Fits.
   *
   * @param images rows of {@link org.dn2.table.Tables#EMBEDDINGS}, as the network gave them
   * @param model the backbone that made them
   * @throws org.dn2.table.UserDataException if the images are too few or unfit for the method
   */
  public static Fit of(
      Dataset<Row> images,
      ModelSpec model,
      FitMethod method,
      ThresholdRule threshold,
      Provenance provenance) {
    Kept kept = new Kept();
    try {
      return new Fit(fitted(images, model, method, threshold, provenance, kept), kept);
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      kept.close();
      throw e;
    }
  }

  /** The detector; its tables last until the fit is closed. */
  public FittedDetector detector() {
    return detector;
  }

  private static FittedDetector fitted(
      Dataset<Row> images,
      ModelSpec model,
      FitMethod method,
      ThresholdRule rule,
      Provenance provenance,
      Kept kept) {
    requireEnough(images, model, method);
    tellFeatures(method.features(), model);
    Learned learned = Learned.from(images, model, method, kept);
    FeatureRows features = learned.features();
    ReferenceTable table = learned.reference();
    if (table.k() < method.k()) {
      LOG.warn("fit: k is {} instead of {}: there are no more centers.", table.k(), method.k());
    }
    Calibrated calibrated = Calibrated.of(images, model, method, learned, rule, kept);
    LOG.info("fit: {}", calibrated.description().promise());
    DetectorId.RowsDigest digest = DetectorId.RowsDigest.of(table.reference());
    Detector.Threshold threshold =
        rule.isForMixture()
            ? rule.standingOut(learned.scoresByOthers(method, kept))
            : rule.threshold(calibrated.calibration());
    Detector description =
        new Detector(
            Detector.FORMAT_VERSION,
            DetectorId.of(method.withK(table.k()), features, model, threshold, digest),
            table.k(),
            method.distance().id(),
            method.search().isExact() ? Detector.EXACT_SEARCH : method.search().toString(),
            model.id(),
            learned.pooled().dimension(),
            json(model, provenance.decoding()),
            provenance.decoding() == null ? null : provenance.decoding().choices(),
            features.description(),
            learned.pooled().description(),
            learned.cleaned().description(),
            table.description(),
            digest.rows(),
            provenance.normalLabels(),
            threshold,
            calibrated.description(),
            provenance.embeddings(),
            provenance.runId(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return new FittedDetector(
        description,
        table.reference(),
        calibrated.scores(),
        features.whitening(),
        learned.cleaned().table(),
        table.members());
  }

  private static void requireEnough(Dataset<Row> images, ModelSpec model, FitMethod method) {
    if (method.features().whitening() != null) {
      method.features().whitening().requireDimension(model.dimension());
      method.features().whitening().requireRows(images.count());
    }
  }

  private static void tellFeatures(FeatureChoice choice, ModelSpec model) {
    if (choice.map() == null && model.features() == null) {
      LOG.warn(
          "fit: features none: the description of {} is from before there were maps. Where that is the"
              + " fetched backbone, the features log-l2 are better by far.",
          model.id());
    } else {
      LOG.info(
          "fit: features {}{}",
          choice.mapOr(model.suitedFeatures()).id(),
          choice.map() == null ? ", which the description of " + model.id() + " names" : "");
    }
  }

  private static JsonNode json(ModelSpec model, Decoding decoding) {
    ObjectNode json = (ObjectNode) JsonText.of(model.toJson(), "The model's description").tree();
    return json.put("fingerprint", ModelFingerprint.of(model, decoding).digits());
  }

  @Override
  public void close() {
    kept.close();
  }
}
