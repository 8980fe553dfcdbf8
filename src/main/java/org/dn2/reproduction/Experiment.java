package org.dn2.reproduction;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dn2.table.UserDataException;

/** What of the paper can be measured again. */
public enum Experiment {
  /** Each class in turn is normal, all others are anomalous (section 4.1). */
  UNIMODAL("One class normal, the others anomalous"),
  /** Each class in turn is anomalous, all others are normal (section 4.2). */
  MULTIMODAL("One class anomalous, the others normal"),
  /** The number of neighbors (figure 2). */
  NEIGHBORS("The number of neighbors k"),
  /** Few training images (figure 5). */
  FEW_SHOT("Few training images"),
  /** Anomalies among the training images, cleaned and not (figure 5). */
  IMPURITY("Anomalies among the training images"),
  /** Centers in the place of all training images (table 6). */
  CENTERS("k-means centers instead of all training images"),
  /** Sets of images by pooling (figure 4). */
  GROUPS("Sets of images: one of each class is normal"),
  /** Sets of images by the trace of their covariance (section 4.5). */
  GROUP_SPREAD("Sets of images of one class, without training"),
  /** Raw pixels, and the one-class support vector machine. */
  RIVALS("Rivals that need no training of features"),
  /** Test embeddings in the plane (figure 6). */
  TSNE("Embeddings in the plane");

  private static final Map<String, Set<Experiment>> PAPER = new LinkedHashMap<>();

  static {
    PAPER.put("all", EnumSet.allOf(Experiment.class));
    PAPER.put("table1", EnumSet.of(UNIMODAL));
    PAPER.put("table2", EnumSet.of(UNIMODAL));
    PAPER.put("table3", EnumSet.of(UNIMODAL));
    PAPER.put("table4", EnumSet.of(UNIMODAL));
    PAPER.put("table5", EnumSet.of(MULTIMODAL));
    PAPER.put("table6", EnumSet.of(CENTERS));
    PAPER.put("figure1", EnumSet.of(UNIMODAL));
    PAPER.put("figure2", EnumSet.of(NEIGHBORS));
    PAPER.put("figure4", EnumSet.of(GROUPS));
    PAPER.put("figure5", EnumSet.of(FEW_SHOT, IMPURITY));
    PAPER.put("figure6", EnumSet.of(TSNE));
  }

  private final String title;

  Experiment(String title) {
    this.title = title;
  }

  /** A heading for it. */
  public String title() {
    return title;
  }

  /** The name on the command line and in tables. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The experiments of a name: one's own, or a table's or figure's of the paper, or {@code all}.
   *
   * @throws UserDataException naming all that there are
   */
  public static Set<Experiment> named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    Set<Experiment> ofPaper = PAPER.get(wanted);
    if (ofPaper != null) {
      return ofPaper;
    }
    return Arrays.stream(values())
        .filter(experiment -> experiment.id().equals(wanted))
        .findFirst()
        .map(EnumSet::of)
        .orElseThrow(
            () ->
                new UserDataException(
                    "There is no experiment %s; there are %s, %s."
                        .formatted(
                            name,
                            String.join(", ", PAPER.keySet()),
                            Arrays.stream(values())
                                .map(Experiment::id)
                                .collect(Collectors.joining(", ")))));
  }
}
