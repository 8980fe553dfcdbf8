package org.dn2.pipeline;

import java.time.LocalDate;
import org.dn2.embedding.EmbeddingFingerprint;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.store.PlantTable;
import org.dn2.store.RunId;

/**
 * One run of a nightly job.
 *
 * @param model the backbone that the configuration names
 * @param runDate of its rows
 */
public record NightlySettings(
    NightlyConfig config, BackboneFolder model, LocalDate runDate, RunId runId) {

  /** What the embeddings can be compared with. */
  ModelFingerprint modelFingerprint() {
    return ModelFingerprint.of(model.spec(), config.embedding().decoding());
  }

  /** Tells embeddings apart that were made in other ways. */
  String embeddingFingerprint() {
    return EmbeddingFingerprint.of(model.spec(), config.embedding());
  }

  PlantTable.RunKey key() {
    return new PlantTable.RunKey(runDate, runId);
  }

  boolean has(NightlyConfig.Choice choice) {
    return config.choices().contains(choice);
  }
}
