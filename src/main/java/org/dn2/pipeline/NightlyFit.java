package org.dn2.pipeline;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.fit.Fit;
import org.dn2.score.ModelCheck;
import org.dn2.store.Detectors;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.work.Stage;

/** The current detector of a plant, fitted to stored embeddings where that is due. */
record NightlyFit(SparkSession spark, Plant plant, NightlySettings settings) {
  private static final int DIGITS = 16;

  /**
   * Refuses a night that would have no detector, or one of another model, before the work.
   *
   * @throws UserDataException if so
   */
  void requireDetector() {
    Detectors detectors = plant.detectors();
    String current = detectors.current();
    if (settings.config().reference() != null
        && settings.config().fitting().schedule() != NightlyConfig.Schedule.NEVER) {
      return;
    }
    if (current == null) {
      throw new UserDataException(
          "The plant %s has no detector, and none is fitted: nightly.reference.path names no normal images, or nightly.fit.schedule is never. Set both, or put a detector there by dn2 fit --out %s/detectors/NAME and choose it by dn2 detector use NAME --plant %s."
              .formatted(plant.folder(), plant.folder(), plant.folder()));
    }
    requireFit(detectors.description(current), current);
  }

  /**
   * Refuses a night that would have no image to fit to, once they are listed.
   *
   * @throws UserDataException if so
   */
  void requireImages(NightlyListing listed) {
    NightlyConfig.Schedule schedule = settings.config().fitting().schedule();
    boolean fits =
        schedule == NightlyConfig.Schedule.WHEN_REFERENCE_CHANGES
            || (schedule == NightlyConfig.Schedule.ONCE && plant.detectors().current() == null);
    if (fits && listed.count() == 0) {
      throw new UserDataException(
          "There is no image in %s (nightly.reference.path), to which a detector is to be fitted. Put normal images there, or set nightly.fit.schedule to never."
              .formatted(settings.config().reference().path()));
    }
  }

  private void requireFit(Detector detector, String name) {
    if (detector.pooling() != null) {
      throw new UserDataException(
          "The current detector %s of the plant %s is of groups; the nightly job scores images."
              .formatted(name, plant.folder()));
    }
    new ModelCheck(detector, plant.folder() + "/detectors/" + name)
        .requireToEmbedWith(settings.modelFingerprint());
  }

  /**
   * Fits a detector and makes it current, if that is due.
   *
   * @param listed normal images, with file_version
   * @param runs whose rows count, this one among them
   * @param records of earlier runs
   * @return what was fitted, null where nothing was
   */
  RunRecord.FittedNow fitIfDue(
      NightlyListing listed, Set<PlantTable.RunKey> runs, List<RunRecord> records, Lease lease) {
    if (settings.config().fitting().schedule() == NightlyConfig.Schedule.NEVER) {
      return null;
    }
    String current = plant.detectors().current();
    boolean fits = current != null && fitsModel(current);
    if (fits && settings.config().fitting().schedule() == NightlyConfig.Schedule.ONCE) {
      return null;
    }
    Row rows =
        listed
            .rows()
            .agg(
                count(lit(1)),
                coalesce(
                    bit_xor(xxhash64(col(Tables.IMAGE_ID), col(PlantColumns.FILE_VERSION))),
                    lit(0L)))
            .head();
    String digest = digest(rows);
    String last =
        records.stream()
            .filter(record -> record.isSuccess() && record.fitted() != null)
            .reduce((first, second) -> second)
            .map(record -> record.fitted().digest())
            .orElse(null);
    if (fits && Objects.equals(digest, last)) {
      return null;
    }
    return fit(images(listed, runs), digest, lease);
  }

  /** The embeddings of the normal images as they are now. */
  private Dataset<Row> images(NightlyListing listed, Set<PlantTable.RunKey> runs) {
    return plant
        .embeddings()
        .rows(runs)
        .filter(
            col(PlantColumns.SOURCE)
                .equalTo(PlantColumns.REFERENCE)
                .and(
                    col(PlantColumns.MODEL_FINGERPRINT)
                        .equalTo(settings.modelFingerprint().digits())))
        .join(
            listed.rows().select(Tables.IMAGE_ID, PlantColumns.FILE_VERSION),
            new String[] {Tables.IMAGE_ID, PlantColumns.FILE_VERSION},
            "left_semi");
  }

  private boolean fitsModel(String name) {
    Detector detector = plant.detectors().description(name);
    return detector.pooling() == null
        && new ModelCheck(detector, name).isMadeBy(settings.modelFingerprint());
  }

  private String digest(Row rows) {
    return DigestUtils.sha256Hex(
            String.format(
                Locale.ROOT,
                "%d %016x %s %s",
                rows.getLong(0),
                rows.getLong(1),
                settings.modelFingerprint().digits(),
                settings.config().fitAsText()))
        .substring(0, DIGITS);
  }

  private RunRecord.FittedNow fit(Dataset<Row> images, String digest, Lease lease) {
    NightlyConfig.Fitting fitting = settings.config().fitting();
    String place = plant.embeddings().folder();
    return new Stage(spark, "fit", "Fit a detector to " + place)
        .run(
            () -> {
              Fit.Provenance provenance =
                  new Fit.Provenance(
                      place,
                      settings.config().embedding().decoding(),
                      settings.config().reference().labels(),
                      settings.runId().value());
              try (Fit fit =
                  DataFaults.naming(
                      List.of(place),
                      () ->
                          Fit.of(
                              images,
                              settings.model().spec(),
                              fitting.method(),
                              fitting.threshold(),
                              provenance))) {
                plant.detectors().add(fit.detector(), settings.runId(), lease);
                return new RunRecord.FittedNow(
                    fit.detector().description().detectorId(), images.count(), digest);
              }
            },
            fitted ->
                "%,d normal images -> detector %s".formatted(fitted.images(), fitted.detectorId()));
  }
}
