package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dn2.report.Reproduced;

/**
 * A dataset's part of the report.
 *
 * @param size how many images it has, in words
 * @param trainingImages that took part, of all classes
 * @param isSubset whether only some of its training images took part
 * @param skipped experiments that were left out, and why
 * @param planes pictures of its embeddings
 */
public record DatasetResults(
    String name,
    String size,
    long trainingImages,
    boolean isSubset,
    List<ExperimentResult> results,
    Map<Experiment, String> skipped,
    List<Reproduced.Plane> planes) {

  /** A table per experiment that was measured. */
  List<ComparisonTable> tables() {
    Map<Experiment, List<ExperimentResult>> byExperiment =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    ExperimentResult::experiment,
                    () -> new EnumMap<>(Experiment.class),
                    Collectors.toList()));
    List<ComparisonTable> tables = new ArrayList<>();
    byExperiment.forEach((experiment, of) -> tables.add(ComparisonTable.of(experiment, name, of)));
    return tables;
  }

  /** Whether an experiment was tried, be it left out. */
  boolean isTried(Experiment experiment) {
    return skipped.containsKey(experiment)
        || (experiment == Experiment.TSNE && !planes.isEmpty())
        || results.stream().anyMatch(result -> result.experiment() == experiment);
  }
}
