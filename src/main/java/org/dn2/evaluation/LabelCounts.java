package org.dn2.evaluation;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many images of each label every partition of the sorted scores holds, and which labels count
 * as normal.
 */
final class LabelCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Set<String> normalLabels;
  private final List<Map<String, Long>> byPartition;
  private final Map<String, Long> totals;

  LabelCounts(Set<String> normalLabels, List<Map<String, Long>> byPartition) {
    this.normalLabels = new TreeSet<>(normalLabels);
    this.byPartition = byPartition;
    this.totals = sum(byPartition);
  }

  private static Map<String, Long> sum(List<Map<String, Long>> parts) {
    Map<String, Long> sums = new HashMap<>();
    for (Map<String, Long> part : parts) {
      part.forEach((label, count) -> sums.merge(label, count, Long::sum));
    }
    return sums;
  }

  Set<String> labels() {
    return new TreeSet<>(totals.keySet());
  }

  Set<String> anomalousLabels() {
    Set<String> labels = labels();
    labels.removeAll(normalLabels);
    return labels;
  }

  Map<String, Long> totals() {
    return totals;
  }

  /** What lies in the partitions before the given one: the higher scores. */
  Map<String, Long> above(int partition) {
    return sum(byPartition.subList(0, partition));
  }

  /** The normal images among the counted ones. */
  long normal(Map<String, Long> counts) {
    return normalLabels.stream().mapToLong(label -> counts.getOrDefault(label, 0L)).sum();
  }

  /** The anomalous images among the counted ones. */
  long anomalous(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum() - normal(counts);
  }
}
