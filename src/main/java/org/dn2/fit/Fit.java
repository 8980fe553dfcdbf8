package org.dn2.fit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelSpec;
import org.dn2.search.Neighborhood;

/**
 * Embeddings of normal images in, a detector out. Its tables are made as they are read: close the
 * fit once they have been written, to free what executors keep of them.
 */
public final class Fit implements AutoCloseable {
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
   * @param normalLabels the labels that the images were limited to; empty if they were not
   * @param runId of the run that fits
   */
  public record Provenance(String embeddings, List<String> normalLabels, String runId) {
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
    FeatureRows features = FeatureRows.of(images, model, method.features(), kept);
    PooledRows pooled = PooledRows.of(features, method.pooling(), kept);
    CleanedRows cleaned = CleanedRows.of(pooled, method, kept);
    ReferenceTable table = ReferenceTable.of(cleaned.rows(), method, kept);
    Dataset<Row> calibration =
        table.calibration(
            new Neighborhood(pooled.dimension(), method.distance(), table.k()),
            method.search(),
            kept);
    DetectorId.RowsDigest digest = DetectorId.RowsDigest.of(table.reference());
    Detector.Threshold threshold = rule.threshold(calibration);
    Detector description =
        new Detector(
            Detector.FORMAT_VERSION,
            DetectorId.of(method.withK(table.k()), features, model, threshold, digest),
            table.k(),
            method.distance().id(),
            model.id(),
            pooled.dimension(),
            json(model),
            features.description(),
            pooled.description(),
            cleaned.description(),
            table.description(),
            digest.rows(),
            provenance.normalLabels(),
            threshold,
            provenance.embeddings(),
            provenance.runId(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return new FittedDetector(
        description,
        table.reference(),
        calibration,
        features.whitening(),
        cleaned.table(),
        table.members());
  }

  private static JsonNode json(ModelSpec model) {
    try {
      return new ObjectMapper().readTree(model.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a model's description must be JSON", e);
    }
  }

  @Override
  public void close() {
    kept.close();
  }
}
