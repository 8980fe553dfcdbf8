package org.dn2.score;

import org.dn2.detector.Detector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
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
   * @param model by which they would be
   * @throws UserDataException if its embeddings cannot be compared with the detector's
   */
  public void requireToEmbedWith(ModelSpec model) {
    String difference = difference(model);
    if (!difference.isEmpty()) {
      throw new UserDataException(
          "The images would be embedded by the model %s, the detector in %s was fitted to %s: %s. Distances between them mean nothing. Give the detector's --model and --views, or fit a detector anew."
              .formatted(ModelFingerprint.of(model), place, fittedTo(), difference));
    }
  }

  /**
   * Before embeddings are scored.
   *
   * @param embeddings where they are, for messages
   * @param model that made them
   * @throws UserDataException if they cannot be compared with the detector's
   */
  public void requireMadeBy(String embeddings, ModelSpec model) {
    String difference = difference(model);
    if (!difference.isEmpty()) {
      throw new UserDataException(
          "The embeddings in %s were made by the model %s, the detector in %s by %s: %s. Distances between them mean nothing. Embed the images with the detector's model and its --views, or fit a detector anew."
              .formatted(embeddings, ModelFingerprint.of(model), place, fittedTo(), difference));
    }
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
                detector.model(), "The model that the detector in %s describes".formatted(place))));
  }

  /** In words; empty where there is none. */
  private String difference(ModelSpec model) {
    if (detector.model() != null) {
      return ModelFingerprint.of(model).differencesFrom(expected());
    }
    LOG.warn(
        "The detector in {} does not describe its model: the id alone is compared. Fit a detector anew.",
        place);
    return detector.modelId().equals(model.id()) ? "" : "another model";
  }
}
