package org.dn2.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.dn2.features.FeatureMap;
import org.dn2.protocols.Measurement;
import org.dn2.reproduction.ComparisonTable.Column;
import org.dn2.reproduction.ComparisonTable.Figure;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {
  private static final Column OURS = new Column("DN2", "resnet", FeatureMap.LOG_L2);
  private static final Column PAPERS = Column.published("DN2");

  private static ComparisonTable table(
      Experiment experiment, String dataset, Measurement... measurements) {
    return ComparisonTable.of(
        experiment,
        dataset,
        Stream.of(measurements)
            .map(m -> new ExperimentResult(experiment, dataset, "resnet", FeatureMap.LOG_L2, m))
            .toList());
  }

  @Test
  void aClassAndTheAverageStandBesideWhatIsPublished() {
    ComparisonTable table =
        table(
            Experiment.UNIMODAL,
            "cifar10",
            new Measurement("DN2", "truck", 2, 0, 0.963),
            new Measurement("DN2", "bird", 2, 0, 0.835));

    assertThat(table.lines())
        .extracting(ComparisonTable.Line::name)
        .containsExactly(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
            "average");
    assertThat(table.columns().get(0)).isEqualTo(OURS);
    assertThat(table.columns()).last().isEqualTo(PAPERS);
    ComparisonTable.Line bird = table.lines().get(2);
    assertThat(bird.figures().get(OURS).percent()).isCloseTo(83.5, within(1e-9));
    assertThat(bird.figures()).containsEntry(PAPERS, Figure.published(85.5, null));
    assertThat(table.difference(bird).orElseThrow()).isCloseTo(-2.0, within(1e-9));
    assertThat(table.difference(table.lines().get(9)).orElseThrow()).isCloseTo(1.0, within(1e-9));
    ComparisonTable.Line average = table.lines().get(10);
    assertThat(average.figures().get(OURS).percent()).isCloseTo(89.9, within(1e-9));
    assertThat(table.difference(average).orElseThrow()).isCloseTo(89.9 - 92.5, within(1e-9));
    assertThat(table.difference(table.lines().get(0))).isEmpty();
  }

  @Test
  void aNumbersFigureIsTheMeanOverClassesWithTheSpreadOverDraws() {
    ComparisonTable table =
        table(
            Experiment.FEW_SHOT,
            "cifar10",
            // The draws' means over the two classes are 60 and 80.
            new Measurement("few-shot", "cat", 100, 0, 0.5),
            new Measurement("few-shot", "dog", 100, 0, 0.7),
            new Measurement("few-shot", "cat", 100, 1, 0.7),
            new Measurement("few-shot", "dog", 100, 1, 0.9),
            new Measurement("few-shot", "dog", 25, 0, 0.6));

    assertThat(table.lines())
        .extracting(ComparisonTable.Line::name)
        .as("the paper's number too")
        .containsExactly("25", "100", "5000");
    Figure hundred =
        table.lines().get(1).figures().get(new Column("few-shot", "resnet", FeatureMap.LOG_L2));
    assertThat(hundred.percent()).isCloseTo(70, within(1e-9));
    assertThat(hundred.spread()).isCloseTo(Math.sqrt(200), within(1e-9));
    assertThat(table.lines().get(0).figures().values())
        .containsExactly(new Figure(60, null, null, null));
    assertThat(table.difference(table.lines().get(1))).isEmpty();
  }

  @Test
  void allImagesComeAfterTheNumbersOfCenters() {
    ComparisonTable table =
        table(
            Experiment.CENTERS,
            "cifar10",
            new Measurement("DN2", "cat", Double.NaN, 0, 0.92),
            new Measurement("DN2", "cat", 10, 0, 0.9),
            new Measurement("DN2", "cat", 3, 0, 0.8));

    assertThat(table.lines())
        .extracting(ComparisonTable.Line::name)
        .containsExactly("1", "3", "5", "10", "all");
    assertThat(table.lines().get(1).figures()).containsEntry(PAPERS, Figure.published(92.00, null));
    assertThat(table.difference(table.lines().get(4)).orElseThrow())
        .isCloseTo(92 - 92.52, within(1e-9));
  }

  @Test
  void aMeansIntervalIsTheMeanOfItsPartsIntervals() {
    ComparisonTable table =
        table(
            Experiment.UNIMODAL,
            "pets",
            new Measurement("DN2", "cat", 2, 0, 0.9, 0.85, 0.95),
            new Measurement("DN2", "dog", 2, 0, 0.7, 0.6, 0.8));
    Figure average = table.lines().get(2).figures().get(OURS);
    assertThat(average.low()).isCloseTo(72.5, within(1e-9));
    assertThat(average.high()).isCloseTo(87.5, within(1e-9));
    assertThat(table.lines().get(0).figures().get(OURS).low()).isCloseTo(85, within(1e-9));
  }

  @Test
  void whatIsPublishedStandsAloneWhereNothingWasMeasured() {
    ComparisonTable table = ComparisonTable.of(Experiment.CENTERS, "cifar10", List.of());
    assertThat(table.isMeasured()).isFalse();
    assertThat(table.lines())
        .allSatisfy(line -> assertThat(table.difference(line)).isEmpty())
        .extracting(line -> line.figures().get(PAPERS).percent())
        .containsExactly(91.94, 92.0, 91.87, 91.64, 92.52);
  }

  @Test
  void aClassMayBeCalledAverage() {
    ComparisonTable table =
        table(
            Experiment.UNIMODAL,
            "grades",
            new Measurement("DN2", "average", 2, 0, 0.9),
            new Measurement("DN2", "poor", 2, 0, 0.7));
    assertThat(table.lines())
        .extracting(ComparisonTable.Line::name)
        .containsExactly("average", "poor", "average");
    assertThat(table.columns()).isEqualTo(List.of(OURS));
  }
}
