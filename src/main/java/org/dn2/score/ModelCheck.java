package org.dn2.score;

import org.dn2.detector.Detector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.Decoding;
import org.dn2.json.JsonText;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses images whose distances to a detector's reference set mean nothing.
 *
 * @param place where the detector is, for messages
 */
public record ModelCheck(Detector detector, String place) {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCheck.class);

  /**
   * Before images are embedded.
   *
   * @param model by which they would be, and how they would be decoded
   * @throws UserDataException if its embeddings cannot be compared with the detector's
   */
  public void requireToEmbedWith(ModelFingerprint model) {
    String difference = difference(model);
    if (!difference.isEmpty()) {
      throw new UserDataException(
          "The images would be embedded by the model %s, the detector in %s was fitted to %s: %s. Distances between them mean nothing. Give the detector's model, with its views, orientation by EXIF and sample bits, or fit a detector anew."
              .formatted(model, place, fittedTo(), difference));
    }
  }

  /**
   * Before embeddings are scored.
   *
   * @param embeddings where they are, for messages
   * @param model that made them, and how they were decoded
   * @throws UserDataException if they cannot be compared with the detector's
   */
  public void requireMadeBy(String embeddings, ModelFingerprint model) {
    String difference = difference(model);
    if (!difference.isEmpty()) {
      throw new UserDataException(
          "The embeddings in %s were made by the model %s, the detector in %s by %s: %s. Distances between them mean nothing. Embed the images by the detector's model, with its views, orientation by EXIF and sample bits, or fit a detector anew."
              .formatted(embeddings, model, place, fittedTo(), difference));
    }
  }

  /** Whether a model's embeddings can be compared with the detector's. */
  public boolean isMadeBy(ModelFingerprint model) {
    return difference(model).isEmpty();
  }

  private String fittedTo() {
    return detector.model() == null
        ? detector.modelId() + " (fingerprint unknown)"
        : expected().toString();
  }

  private ModelFingerprint expected() {
    return ModelFingerprint.of(
        ModelSpec.of(
            JsonText.object(
                detector.model(), "The model that the detector in %s describes".formatted(place))),
        decoding());
  }

  private Decoding decoding() {
    try {
      return Decoding.chosen(detector.decoding());
    } catch (UserDataException e) {
      throw new UserDataException("The detector in %s: %s".formatted(place, e.getMessage()), e);
    }
  }

  /** In words; empty where there is none. */
  private String difference(ModelFingerprint model) {
    if (detector.model() != null) {
      return model.differencesFrom(expected());
    }
    LOG.warn(
        "The detector in {} does not describe its model: the id alone is compared. Fit a detector anew.",
        place);
    return detector.modelId().equals(model.modelId()) ? "" : "another model";
  }
}
