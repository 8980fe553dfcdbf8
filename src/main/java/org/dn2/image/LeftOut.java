package org.dn2.image;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How many entries of an input are not among its listed images.
 *
 * @param byRule by {@link LeftOutRule#columnValue}, in the order of the rules; without zeros
 */
public record LeftOut(Map<String, Long> byRule) {
  /** Nothing was left out. */
  public static final LeftOut NOTHING = of(Map.of());

  static LeftOut of(Map<LeftOutRule, Long> counts) {
    Map<String, Long> byRule = new LinkedHashMap<>();
    for (LeftOutRule rule : LeftOutRule.values()) {
      long count = counts.getOrDefault(rule, 0L);
      if (count > 0) {
        byRule.put(rule.columnValue(), count);
      }
    }
    return new LeftOut(byRule);
  }

  /** What was left out before and after. */
  public LeftOut and(LeftOut later) {
    Map<LeftOutRule, Long> sum = new EnumMap<>(LeftOutRule.class);
    for (LeftOutRule rule : LeftOutRule.values()) {
      String name = rule.columnValue();
      sum.put(rule, byRule.getOrDefault(name, 0L) + later.byRule.getOrDefault(name, 0L));
    }
    return of(sum);
  }

  /** How many by all rules together. */
  public long total() {
    return byRule.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The number and the rules, such as {@code 3 left out (1 hidden, 2 sidecar)}. */
  @Override
  public String toString() {
    String rules =
        byRule.entrySet().stream()
            .map(rule -> String.format(Locale.ROOT, "%,d %s", rule.getValue(), rule.getKey()))
            .collect(Collectors.joining(", ", " (", ")"));
    return String.format(Locale.ROOT, "%,d left out%s", total(), byRule.isEmpty() ? "" : rules);
  }
}
