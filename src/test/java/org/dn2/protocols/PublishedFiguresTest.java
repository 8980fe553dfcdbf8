package org.dn2.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dn2.testing.SharedFolder;
import org.junit.jupiter.api.Test;

/** The figures that the project carries, beside a list of all that the paper prints. */
class PublishedFiguresTest {
  /** How the list calls the datasets. */
  private static final Map<String, String> DATASETS =
      Map.of(
          "CIFAR-10", "cifar10",
          "Fashion-MNIST", "fashion-mnist",
          "CIFAR-100", "cifar100-coarse",
          "Oxford Flowers", "flowers102",
          "UCSD Birds", "cub200",
          "CatsVsDogs", "cats-vs-dogs",
          "DIOR", "dior",
          "WBC", "wbc",
          "MNIST", "mnist");

  private static final Pattern RIVAL =
      Pattern.compile("([A-Za-z][A-Za-z' .-]*?) ([\\d.]+|-)(?:,|$)");

  private static List<String[]> rows() throws IOException {
    List<String[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(SharedFolder.require("reference/published-figures.md"))) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 6 && cells[1].strip().matches("[\\d.]+")) {
        rows.add(new String[] {cells[1], cells[2], cells[3], cells[4]});
      }
    }
    return rows;
  }

  private static PublishedFigures.Table table(String number, String setting) {
    String dataset =
        DATASETS.entrySet().stream()
            .filter(entry -> setting.startsWith(entry.getKey()))
            .max(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
            .orElseThrow()
            .getValue();
    String experiment =
        switch (number) {
          case "5" -> "multimodal";
          case "6" -> "centers";
          case "4.5" -> "group-spread";
          default -> "unimodal";
        };
    return PublishedFigures.of(experiment, dataset).orElseThrow();
  }

  @Test
  void everyFigureOfTheListIsAtHand() throws IOException {
    int compared = 0;
    for (String[] row : rows()) {
      String setting = row[1].strip();
      if (setting.startsWith("standard deviations")) {
        continue;
      }
      PublishedFigures.Table table = table(row[0].strip(), setting);
      List<String> lines = List.copyOf(table.lines().keySet());
      String line = lines.get(lines.size() - 1);
      Matcher rivals = RIVAL.matcher(row[2].strip());
      while (rivals.find()) {
        int method = table.methods().indexOf(rivals.group(1));
        assertThat(method).as("%s in %s", rivals.group(1), table).isNotNegative();
        assertThat(table.figure(line, method).map(String::valueOf).orElse("-"))
            .as("%s, %s", setting, rivals.group(1))
            .isEqualTo(rivals.group(2).matches("\\d+") ? rivals.group(2) + ".0" : rivals.group(2));
        compared++;
      }
      int ours = table.methods().indexOf(PublishedFigures.OURS);
      String[] printed = row[3].strip().split(", ", -1);
      for (int i = 0; i < printed.length; i++) {
        String at = lines.get(lines.size() - printed.length + i);
        assertThat(table.figure(at, ours)).as(setting).hasValue(Double.parseDouble(printed[i]));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(35);
  }

  @Test
  void everyStandardDeviationOfTheListIsAtHand() throws IOException {
    PublishedFigures.Table table = PublishedFigures.of("unimodal", "cifar10").orElseThrow();
    List<String> classes =
        table.lines().keySet().stream().filter(line -> !line.equals("average")).toList();
    String spreads =
        rows().stream()
            .filter(row -> row[1].strip().startsWith("standard deviations"))
            .findFirst()
            .orElseThrow()[2];
    int compared = 0;
    for (String method : spreads.split(";", -1)) {
      Matcher named = Pattern.compile("^\\s*([A-Za-z ]+?) ([\\d. ]+?)\\s*$").matcher(method);
      assertThat(named.find()).as(method).isTrue();
      String[] figures = named.group(2).split(" ", -1);
      for (int i = 0; i < figures.length; i++) {
        assertThat(table.spread(classes.get(i), table.methods().indexOf(named.group(1))))
            .as("%s, %s", named.group(1), classes.get(i))
            .hasValue(Double.parseDouble(figures[i]));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(30);
  }

  @Test
  void whatIsRepeatedIsWhatIsPrintedForTheMethodElsewhere() {
    PublishedFigures.all()
        .forEach(
            (experiment, datasets) ->
                datasets.forEach(
                    (dataset, table) -> {
                      if (table.isRepeated()) {
                        double printed = last(table);
                        assertThat(last(PublishedFigures.of("unimodal", dataset).orElseThrow()))
                            .as("%s, %s", experiment, dataset)
                            .isEqualTo(printed);
                      }
                    }));
  }

  private static double last(PublishedFigures.Table table) {
    List<String> lines = List.copyOf(table.lines().keySet());
    return table
        .figure(lines.get(lines.size() - 1), table.methods().indexOf(PublishedFigures.OURS))
        .orElseThrow();
  }
}
