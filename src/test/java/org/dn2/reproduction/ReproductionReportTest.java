package org.dn2.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dn2.features.FeatureMap;
import org.dn2.protocols.Measurement;
import org.dn2.protocols.PublishedFigures;
import org.dn2.report.Reproduced;
import org.junit.jupiter.api.Test;

class ReproductionReportTest {
  private static ExperimentResult result(
      Experiment experiment, String dataset, FeatureMap features, Measurement measurement) {
    return new ExperimentResult(experiment, dataset, "resnet50", features, measurement);
  }

  private static DatasetResults cells(boolean isSubset, List<ExperimentResult> results) {
    return new DatasetResults(
        "wbc", "9 images", 9, isSubset, results, Map.of(Experiment.GROUPS, "why"), List.of());
  }

  private static Reproduced cells() {
    List<ExperimentResult> results = new ArrayList<>();
    for (FeatureMap features : List.of(FeatureMap.LOG_L2, FeatureMap.NONE)) {
      double less = features == FeatureMap.NONE ? 0.1 : 0;
      for (int i = 0; i < 4; i++) {
        results.add(
            result(
                Experiment.UNIMODAL,
                "wbc",
                features,
                new Measurement("DN2", "type " + i, 2, 0, 0.9 - less, 0.85 - less, 0.95 - less)));
      }
    }
    return ReproductionReport.of(List.of(cells(false, results)), List.of("a fact"));
  }

  private static Reproduced.Table table(Reproduced reproduced, String experiment, String dataset) {
    return reproduced.parts().stream()
        .filter(part -> part.id().equals(experiment))
        .flatMap(part -> part.tables().stream())
        .filter(table -> table.dataset().equals(dataset))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oursStandBesideThePaperWithDifferenceAndInterval() {
    Reproduced.Table table = table(cells(), "unimodal", "wbc");
    assertThat(table.measured()).isTrue();
    assertThat(table.commands()).isEmpty();
    assertThat(table.ours())
        .extracting(Reproduced.Column::name)
        .containsExactly("DN2, log-l2", "DN2, none");
    assertThat(table.published())
        .extracting(Reproduced.Column::name)
        .containsExactly("DN2", "MHRot");
    Reproduced.Line average = table.lines().get(4);
    assertThat(average.mean()).isTrue();
    assertThat(average.differenceText()).isEqualTo("+7.10");
    assertThat(average.ours().get(0).text()).isEqualTo("90.00");
    assertThat(average.ours().get(0).detail()).isEqualTo("85.00 to 95.00");
    assertThat(average.published().get(1).printed()).isEqualTo("60.5");
    assertThat(table.lines().get(0).published()).containsOnlyNulls();
  }

  @Test
  void whatWasNotMeasuredIsThereAlone() {
    Reproduced reproduced = cells();
    Reproduced.Table table = table(reproduced, "unimodal", "cifar10");
    assertThat(table.measured()).isFalse();
    assertThat(table.lines()).hasSize(11);
    assertThat(table.ours()).isEmpty();
    assertThat(table.commands())
        .containsExactly(
            "dn2 dataset import cifar10 --from DOWNLOAD --out data/cifar10",
            "dn2 reproduce --what unimodal --data data/cifar10 --out out/cifar10");
    assertThat(reproduced.missing())
        .extracting(missing -> missing.name() + ": " + missing.why())
        .contains(
            "cifar10: One class normal, the others anomalous: there were no images of it (table 1)",
            "wbc: Sets of images: one of each class is normal: left out, why",
            "wbc: Few training images: not asked for")
        .anyMatch(missing -> missing.startsWith("ResNet-101: "));
  }

  @Test
  void everyPrintedResultOfTheMethodIsAtAGlance() {
    Reproduced reproduced = cells();
    List<String> expected = new ArrayList<>();
    PublishedFigures.all()
        .forEach(
            (experiment, datasets) ->
                datasets.forEach(
                    (dataset, table) -> {
                      if (!table.isRepeated()) {
                        boolean byClass = table.lines().containsKey("average");
                        for (int i = 0; i < (byClass ? 1 : table.lines().size()); i++) {
                          expected.add(dataset);
                        }
                      }
                    }));
    assertThat(reproduced.glances())
        .extracting(glance -> glance.name().replaceAll(",.*", ""))
        .containsExactlyInAnyOrderElementsOf(expected)
        .hasSize(17);
    Reproduced.Glance cells =
        reproduced.glances().stream()
            .filter(glance -> glance.difference() != null)
            .findFirst()
            .orElseThrow();
    assertThat(cells.name()).isEqualTo("wbc");
    assertThat(cells.difference()).isCloseTo(7.1, within(1e-9));
    assertThat(cells.ours()).hasSize(2);
    assertThat(cells.rival()).isEqualTo("MHRot");
    assertThat(cells.caveats()).isEmpty();
    assertThat(reproduced.headline())
        .isEqualTo(
            "1 of the 17 results that the paper prints of its method were measured here: 1 as high"
                + " or higher, 0 lower.");
  }

  @Test
  void figuresOfFewerImagesOrClassesAreNoComparisonOfLikeWithLike() {
    Reproduced reproduced =
        ReproductionReport.of(
            List.of(
                cells(
                    true,
                    List.of(
                        result(
                            Experiment.UNIMODAL,
                            "wbc",
                            FeatureMap.NONE,
                            new Measurement("DN2", "a", 2, 0, 0.5))))),
            List.of());
    assertThat(table(reproduced, "unimodal", "wbc").notes())
        .contains(
            "Not like with like: some training images only, the paper's are by all.",
            "Not like with like: 1 of the paper's 4 classes.");
    assertThat(reproduced.headline())
        .endsWith("Some are of fewer images or classes than the paper's.");
  }

  @Test
  void aNameOfADatasetIsNoPartOfACommand() {
    String name = "it's; rm -rf /";
    Reproduced reproduced =
        ReproductionReport.of(
            List.of(new DatasetResults(name, "", 0, false, List.of(), Map.of(), List.of())),
            List.of());
    assertThat(reproduced.missing())
        .flatExtracting(Reproduced.Missing::commands)
        .contains(
            "dn2 reproduce --what unimodal --data data/'it'\\''s; rm -rf /' --out"
                + " out/'it'\\''s; rm -rf /'");
  }

  @Test
  void thePapersPointStandsWhereItsSettingIs() {
    Reproduced reproduced =
        ReproductionReport.of(
            List.of(
                new DatasetResults(
                    "cifar10",
                    "",
                    20_000,
                    false,
                    List.of(
                        result(
                            Experiment.NEIGHBORS,
                            "cifar10",
                            FeatureMap.NONE,
                            new Measurement("kNN", "cat", 1, 0, 0.9)),
                        result(
                            Experiment.NEIGHBORS,
                            "cifar10",
                            FeatureMap.NONE,
                            new Measurement("kNN", "cat", 2, 0, 0.92))),
                    Map.of(),
                    List.of())),
            List.of());
    Reproduced.Table table = table(reproduced, "neighbors", "cifar10");
    assertThat(table.lines().get(0).published()).containsOnlyNulls();
    assertThat(table.lines().get(1).published().get(0).percent()).isEqualTo(92.5);
    assertThat(table.lines().get(1).differenceText()).isEqualTo("-0.50");
    assertThat(reproduced.glances()).allSatisfy(x -> assertThat(x.difference()).isNull());
    assertThat(table.notes())
        .contains("Not like with like: 20,000 of the paper's 50,000 training images.");
    assertThat(reproduced.headline()).startsWith("None of the 17 results");
  }
}
