package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dn2.report.Page;

/**
 * A dataset's part of the report.
 *
 * @param size how many images it has, in words
 * @param isSubset whether only some of its training images took part
 * @param skipped experiments that were left out, each with the reason
 */
public record DatasetResults(
    String name,
    String size,
    boolean isSubset,
    List<ExperimentResult> results,
    List<String> skipped,
    List<Page.Picture> pictures) {

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
}
