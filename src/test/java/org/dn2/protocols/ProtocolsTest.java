package org.dn2.protocols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dn2.datasets.PaperDataset;
import org.dn2.evaluation.RocAuc;
import org.dn2.fit.Cleaning;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolsTest {
  private static final int DIMENSION = 6;

  /** Images of a class lie around the class's own place; the spread decides how hard it is. */
  private static LabeledEmbeddings clusters(long seed, int perClass, double spread) {
    Random random = new Random(seed);
    List<String> ids = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    for (String label : List.of("a", "b", "c")) {
      for (int i = 0; i < perClass; i++) {
        float[] row = new float[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
          row[j] = (float) (random.nextGaussian() * spread + (j == label.charAt(0) - 'a' ? 4 : 0));
        }
        ids.add("%s/%04d".formatted(label, i));
        labels.add(label);
        rows.add(row);
      }
    }
    return new LabeledEmbeddings(
        ids.toArray(String[]::new), labels.toArray(String[]::new), rows.toArray(float[][]::new));
  }

  private static OneVsRest oneVsRest(LabeledEmbeddings train, LabeledEmbeddings test, int k) {
    return new OneVsRest(
        test.labels(),
        train.labelSet().stream()
            .map(label -> OneVsRest.ClassNearest.search(train, test, label, k))
            .toList());
  }

  /** Compares every pair, one number at a time. */
  private static double naiveRocAuc(
      LabeledEmbeddings reference, LabeledEmbeddings test, String label, boolean labelIsNormal) {
    double[] scores = new double[test.size()];
    for (int i = 0; i < scores.length; i++) {
      float[] query = test.rows()[i];
      scores[i] =
          Arrays.stream(reference.rows())
              .mapToDouble(
                  row -> {
                    double sum = 0;
                    for (int j = 0; j < row.length; j++) {
                      sum += ((double) row[j] - query[j]) * ((double) row[j] - query[j]);
                    }
                    return sum;
                  })
              .sorted()
              .limit(2)
              .average()
              .orElseThrow();
    }
    double won = 0;
    long pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        boolean iIsAnomalous = test.labels()[i].equals(label) != labelIsNormal;
        boolean jIsAnomalous = test.labels()[j].equals(label) != labelIsNormal;
        if (iIsAnomalous && !jIsAnomalous) {
          pairs++;
          won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    return won / pairs;
  }

  @Test
  void oneSearchGivesWhatSearchingForEveryClassAloneGives() {
    LabeledEmbeddings train = clusters(1, 40, 2.5);
    LabeledEmbeddings test = clusters(2, 30, 2.5);
    OneVsRest found = oneVsRest(train, test, 5);
    assertThat(found.classes()).containsExactly("a", "b", "c");
    for (String label : found.classes()) {
      assertThat(found.unimodal(label, 2).rocAuc())
          .isCloseTo(naiveRocAuc(train.of(label), test, label, true), within(1e-12))
          .isBetween(0.5, 0.999);
      assertThat(found.multimodal(label, 2).rocAuc())
          .isCloseTo(naiveRocAuc(train.allBut(label), test, label, false), within(1e-12));
    }
  }

  @Test
  void rocAucCountsATieHalf() {
    assertThat(RocAuc.of(new double[] {1, 2, 2, 3}, place -> place >= 2)).isEqualTo(0.875);
    assertThat(RocAuc.of(new double[] {3, 3, 3}, place -> place == 1)).isEqualTo(0.5);
    assertThatThrownBy(() -> RocAuc.of(new double[] {1, 2}, place -> true))
        .isInstanceOf(UserDataException.class)
        .hasMessage("ROCAUC needs normal and anomalous images; there are 0 and 2.");
  }

  @Test
  void leavingOneOutCountsCopies() {
    float[][] rows = {{0}, {0}, {3}};
    assertThat(Knn.leaveOneOut(rows, 1)).containsExactly(0, 0, 9);
    assertThat(Knn.leaveOneOut(rows, 2)).containsExactly(4.5, 4.5, 9);
  }

  @Test
  void allTrainingImagesAreTheFewOnesOfThatNumber() {
    LabeledEmbeddings train = clusters(1, 40, 2.5);
    LabeledEmbeddings test = clusters(2, 30, 2.5);
    List<Measurement> measured = new FewShot("b", List.of(5, 40, 41), 2, 2).measure(train, test);
    assertThat(measured).extracting(Measurement::parameter).containsExactly(5.0, 5.0, 40.0, 40.0);
    assertThat(measured.get(3).rocAuc())
        .isEqualTo(measured.get(2).rocAuc())
        .isEqualTo(oneVsRest(train, test, 2).unimodal("b", 2).rocAuc());
    assertThat(new FewShot("b", List.of(5, 40, 41), 2, 2).measure(train, test)).isEqualTo(measured);
  }

  @Test
  void cleaningMendsWhatImpurityBreaks() {
    LabeledEmbeddings train = clusters(1, 60, 0.7);
    LabeledEmbeddings test = clusters(2, 60, 0.7);
    List<Measurement> measured =
        new Impurity(
                "a", List.of(0.0, 0.05), List.of(new Cleaning(0.5, 2, Cleaning.Rounds.ONCE)), 2)
            .measure(train, test);
    assertThat(measured)
        .extracting(Measurement::setting)
        .containsExactly("not cleaned", "cleaned by 2", "not cleaned", "cleaned by 2");
    double pure = measured.get(0).rocAuc();
    double impure = measured.get(2).rocAuc();
    double cleaned = measured.get(3).rocAuc();
    assertThat(pure).isGreaterThan(0.99);
    assertThat(impure).isLessThan(pure);
    assertThat(cleaned).isGreaterThan(impure);
    assertThat(
            new Impurity("a", List.of(0.05), List.of(Cleaning.NONE), 2)
                .measure(train, test).stream().map(Measurement::rocAuc).distinct())
        .as("a cleaning of nothing changes nothing")
        .hasSize(1);
  }

  @Test
  void groupsArePooledWithoutOrder() {
    LabeledEmbeddings train = clusters(1, 60, 0.3);
    LabeledEmbeddings test = clusters(2, 60, 0.3);
    List<Measurement> measured =
        new GroupDetection(List.of("a", "b", "c"), 200, 100, 0, 2).measure(train, test);
    assertThat(measured)
        .extracting(Measurement::setting)
        .containsExactly("mean", "max", "concatenate");
    assertThat(measured.get(0).rocAuc()).isGreaterThan(0.99);
    assertThat(measured.get(0).parameter()).isEqualTo(3);
  }

  @Test
  void mixedGroupsSpreadMore() {
    LabeledEmbeddings test = clusters(2, 60, 0.3);
    assertThat(new GroupSpread(5, 100, 0).measure(test, test).get(0).rocAuc()).isGreaterThan(0.98);
  }

  @Test
  void aSupportVectorMachineFindsWhatLiesOutside() {
    LabeledEmbeddings train = clusters(1, 60, 0.7);
    LabeledEmbeddings test = clusters(2, 60, 0.7);
    OneClassSvm svm = new OneClassSvm("a", "OC-SVM", 50, 0.1);
    assertThat(svm.measure(train, test).get(0).rocAuc()).isGreaterThan(0.97);
    assertThat(svm.measure(train, test)).isEqualTo(svm.measure(train, test));
  }

  @Test
  void oneCenterPerImageIsEveryImage() {
    LabeledEmbeddings train = clusters(1, 40, 2.5);
    LabeledEmbeddings test = clusters(2, 30, 2.5);
    assertThat(
            new NearestCenters("a", train.of("a").rows(), 2).measure(train, test).get(0).rocAuc())
        .isEqualTo(oneVsRest(train, test, 2).unimodal("a", 2).rocAuc());
  }

  @Test
  void thePlaneKeepsClustersApartAndIsTheSameAgain() {
    LabeledEmbeddings images = clusters(2, 30, 0.1);
    double[][] plane = Tsne.plane(images.rows());
    assertThat(plane).hasDimensions(90, 2);
    float[][] points =
        Arrays.stream(plane)
            .map(point -> new float[] {(float) point[0], (float) point[1]})
            .toArray(float[][]::new);
    LabeledEmbeddings drawn = new LabeledEmbeddings(images.ids(), images.labels(), points);
    assertThat(oneVsRest(drawn, drawn, 3).unimodal("a", 3).rocAuc()).isGreaterThan(0.95);
    assertThat(Arrays.deepEquals(Tsne.plane(images.rows()), plane)).isTrue();
  }

  @Test
  void thePaperPrintsItsAverages() {
    PublishedFigures.Table table = PublishedFigures.of("unimodal", "cifar10").orElseThrow();
    assertThat(table.methods()).endsWith("DN2");
    for (int method = 0; method < table.methods().size(); method++) {
      int column = method;
      double average =
          table.lines().entrySet().stream()
              .filter(line -> !line.getKey().equals("average"))
              .mapToDouble(line -> line.getValue().get(column))
              .average()
              .orElse(0);
      assertThat(average)
          .as(table.methods().get(method))
          .isCloseTo(table.lines().get("average").get(method), within(0.15));
    }
    assertThat(PublishedFigures.of("unimodal", "holiday-photos")).isEmpty();
  }

  /** The figures of all six tables, by where they are printed. */
  @ParameterizedTest
  @CsvSource({
    "unimodal, cifar10, average, 62.0 64.8 86.0 88.2 90.1 92.5",
    "unimodal, fashion-mnist, average, 92.8 93.5 94.1 94.4",
    "unimodal, cifar100-coarse, average, 62.6 78.7 - 89.3",
    "unimodal, flowers102, average, 65.9 93.9",
    "unimodal, cub200, average, 64.4 95.2",
    "unimodal, cats-vs-dogs, average, 88.5 97.5",
    "unimodal, dior, average, 83.2 92.2",
    "unimodal, wbc, average, 60.5 82.9",
    "multimodal, cifar10, average, 61.7 71.7",
    "multimodal, cifar100-coarse, average, 57.3 71.0",
    "multimodal, cifar100-fine, average, 57.3 71.0",
    "centers, cifar10, 1, 91.94",
    "centers, cifar10, 3, 92.0",
    "centers, cifar10, 5, 91.87",
    "centers, cifar10, 10, 91.64",
    "centers, cifar10, all, 92.52",
    "group-spread, mnist, 10, 81.0 92.0",
  })
  void whatThePaperPrintsIsAtHand(String experiment, String dataset, String line, String figures) {
    PublishedFigures.Table table = PublishedFigures.of(experiment, dataset).orElseThrow();
    List<String> printed = new ArrayList<>();
    for (int method = 0; method < table.methods().size(); method++) {
      printed.add(table.figure(line, method).map(String::valueOf).orElse("-"));
    }
    assertThat(String.join(" ", printed)).isEqualTo(figures);
    assertThat(table.methods()).last().isEqualTo(PublishedFigures.OURS);
    assertThat(PaperDataset.named(dataset))
        .as("its name is that of dn2 dataset import")
        .isNotNull();
  }

  @Test
  void rivalsHaveTheirStandardDeviations() {
    PublishedFigures.Table table = PublishedFigures.of("unimodal", "cifar10").orElseThrow();
    int goad = table.methods().indexOf("GOAD");
    assertThat(table.spread("bird", goad)).hasValue(1.4);
    assertThat(table.spread("bird", table.methods().indexOf("DN2"))).isEmpty();
    assertThat(table.spread("average", goad)).isEmpty();
  }
}
