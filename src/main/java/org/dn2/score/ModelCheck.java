package org.dn2.score;

import java.util.List;
import org.dn2.detector.Detector;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.View;
import org.dn2.table.UserDataException;

/**
 * Refuses images whose distances to a detector's reference set mean nothing.
 *
 * @param place where the detector is, for messages
 */
public record ModelCheck(Detector detector, String place) {

  /**
   * Before images are embedded.
   *
   * @param model by which they would be
   * @throws UserDataException if it is not the detector's
   */
  public void requireToEmbedWith(ModelSpec model) {
    if (!detector.modelId().equals(model.id())) {
      throw new UserDataException(
          "The images would be embedded by the model %s, the detector in %s was fitted to %s: their distances mean nothing. Give the detector's --model and --views."
              .formatted(model.id(), place, detector.modelId()));
    }
  }

  /**
   * Before embeddings are scored. Views are part of a model's id, unless a description was edited
   * by hand.
   *
   * @param embeddings where they are, for messages
   * @param modelIds of the rows
   * @param model what is said of the model that made them
   * @throws UserDataException if another model made them, or one of other views
   */
  public void requireMadeBy(String embeddings, List<String> modelIds, ModelSpec model) {
    if (!modelIds.equals(List.of(detector.modelId()))) {
      throw new UserDataException(
          "The embeddings in %s were made by the model %s, the detector in %s by %s: their distances mean nothing. Embed the images with the detector's model and its --views."
              .formatted(embeddings, String.join(" and ", modelIds), place, detector.modelId()));
    }
    if (detector.model() == null) {
      return;
    }
    List<View> expected = ModelSpec.fromJson(detector.model().toString()).views();
    if (!expected.equals(model.views())) {
      throw new UserDataException(
          "The embeddings in %s are of the views %s, the detector in %s was fitted to %s: their distances mean nothing."
              .formatted(embeddings, View.ids(model.views()), place, View.ids(expected)));
    }
  }
}
