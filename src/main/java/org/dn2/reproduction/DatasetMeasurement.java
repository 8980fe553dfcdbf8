package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.dn2.embedding.ModelSpec;
import org.dn2.protocols.Measurement;
import org.dn2.report.Reproduced;

/**
 * Collects what is measured on one dataset. What does not depend on the form of the embeddings is
 * taken from each backbone's first form alone: pictures, the rivals on raw pixels, and why an
 * experiment was left out.
 */
public final class DatasetMeasurement {
  private final ReproductionPlan plan;
  private final String dataset;
  private final List<ExperimentResult> results = new ArrayList<>();
  private final Map<Experiment, String> skipped = new EnumMap<>(Experiment.class);
  private final List<Reproduced.Plane> planes = new ArrayList<>();
  private String size;
  private long trainingImages;

  /**
   * @param dataset its name
   */
  public DatasetMeasurement(ReproductionPlan plan, String dataset) {
    this.plan = plan;
    this.dataset = dataset;
  }

  /** Notes how many images there are; once for each run. */
  public void opened(ExperimentRun run) {
    size = run.size();
    trainingImages = run.trainingImages();
  }

  /**
   * Measures one experiment.
   *
   * @param backbone that made the run's embeddings
   * @param pixels opens the same images' raw pixels, for the rivals
   * @return what came of it, in words
   */
  public String measure(
      Experiment experiment,
      ModelSpec backbone,
      ExperimentRun run,
      Supplier<ExperimentRun> pixels) {
    boolean isFirstForm = run.features() == plan.featuresOf(backbone).get(0);
    if (experiment == Experiment.TSNE && isFirstForm) {
      addPlane(run);
    }
    ExperimentRun.Outcome outcome =
        experiment == Experiment.TSNE ? ExperimentRun.Outcome.NOTHING : run.run(experiment);
    if (outcome.skipped() != null) {
      if (isFirstForm) {
        skipped.put(experiment, outcome.skipped());
      }
      return dataset + ", left out: " + outcome.skipped();
    }
    List<ExperimentResult> found =
        new ArrayList<>(results(experiment, backbone, run, outcome.measurements()));
    if (experiment == Experiment.RIVALS && isFirstForm) {
      try (ExperimentRun onPixels = pixels.get()) {
        List<Measurement> rivals = onPixels.rivals("pixels").measurements();
        found.addAll(results(experiment, backbone, onPixels, rivals));
      }
    }
    results.addAll(found);
    return "%s, features %s, %,d measurements"
        .formatted(dataset, run.features().id(), found.size());
  }

  private void addPlane(ExperimentRun run) {
    String normal = run.firstNormal();
    if (normal != null) {
      planes.add(TsnePlane.of(dataset, normal, run.test()));
    }
  }

  private List<ExperimentResult> results(
      Experiment experiment, ModelSpec backbone, ExperimentRun run, List<Measurement> measured) {
    return measured.stream()
        .map(
            measurement ->
                new ExperimentResult(
                    experiment, dataset, backbone.id(), run.features(), measurement))
        .toList();
  }

  /** All that was measured. */
  public DatasetResults results() {
    return new DatasetResults(
        dataset, size, trainingImages, plan.isSubset(), results, skipped, planes);
  }
}
