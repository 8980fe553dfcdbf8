package org.dn2.protocols;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ROCAUC in percent as the paper prints it, its own and its rivals'. */
public final class PublishedFigures {
  /** The paper's own method among the published ones. */
  public static final String OURS = "DN2";

  private static final String RESOURCE = "published.json";

  private PublishedFigures() {}

  /**
   * One experiment on one dataset.
   *
   * @param source the table of the paper
   * @param methods in the order of the figures
   * @param lines by the normal class or the varied number in words, and {@code average}; those that
   *     are printed, null where a method has no figure
   * @param spreads standard deviations in points, where they are printed; null for none
   * @param classes that the average is over; null where it is over none or that is not said
   * @param trainingImages that the dataset has, of all classes; null where that is not said
   * @param isRepeated whether the figures are those of another experiment, which this one meets at
   *     one of its numbers
   */
  public record Table(
      @JsonProperty(required = true) String source,
      @JsonProperty(required = true) List<String> methods,
      @JsonProperty(required = true) Map<String, List<Double>> lines,
      Map<String, List<Double>> spreads,
      Integer classes,
      Integer trainingImages,
      boolean isRepeated) {
    public Table {
      spreads = spreads == null ? Map.of() : spreads;
    }

    /** A method's figure, empty where none is printed. */
    public Optional<Double> figure(String line, int method) {
      return at(lines, line, method);
    }

    /** A figure's standard deviation over repeats, empty where none is printed. */
    public Optional<Double> spread(String line, int method) {
      return at(spreads, line, method);
    }

    private static Optional<Double> at(Map<String, List<Double>> numbers, String line, int method) {
      return Optional.ofNullable(numbers.get(line)).map(figures -> figures.get(method));
    }
  }

  /** What is printed for an experiment, such as {@code unimodal}, on a dataset. */
  public static Optional<Table> of(String experiment, String dataset) {
    return Optional.ofNullable(all().getOrDefault(experiment, Map.of()).get(dataset));
  }

  /** All that is printed, by experiment, then by dataset, in the paper's order. */
  public static Map<String, Map<String, Table>> all() {
    try (InputStream in = PublishedFigures.class.getResourceAsStream(RESOURCE)) {
      return new ObjectMapper()
          .readValue(in, new TypeReference<LinkedHashMap<String, Map<String, Table>>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("the published figures could not be read", e);
    }
  }
}
