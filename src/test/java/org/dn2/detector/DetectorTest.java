package org.dn2.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectorTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ObjectNode described(Detector.CleaningDone cleaning) {
    return JSON.valueToTree(
        new Detector(
            Detector.FORMAT_VERSION,
            "0123456789abcdef",
            2,
            "squared_euclidean",
            "lists:3",
            "numbers",
            2,
            null,
            null,
            new Detector.FeaturesUsed("l2", null),
            null,
            cleaning,
            null,
            999,
            List.of(),
            new Detector.Threshold(8, 0.99, 0.01, 0.0157, null),
            CalibrationDone.crossFitted(999, 5),
            "embeddings",
            "run",
            "2026-11-26T00:00:00Z"));
  }

  /** As version 2 wrote it. */
  private static Detector older(Detector.CleaningDone cleaning) throws JsonProcessingException {
    ObjectNode json = described(cleaning);
    json.put("formatVersion", 2);
    json.remove(List.of("search", "calibration"));
    ((ObjectNode) json.get("threshold")).remove(List.of("alarmRate", "alarmRateAtMost"));
    return JSON.treeToValue(json, Detector.class);
  }

  @Test
  void anOlderDetectorOfAllItsImagesKeepsItsPValues() throws JsonProcessingException {
    Detector detector = older(null);
    assertThat(detector.search()).isEqualTo(Detector.EXACT_SEARCH);
    assertThat(detector.calibration()).isEqualTo(CalibrationDone.leaveOneOut(999));
    assertThat(detector.calibration().smallestPValue()).isEqualTo(0.001);
    assertThat(detector.threshold()).hasToString("8.00000");
  }

  @Test
  void anOlderDetectorThatWasCalibratedByWhatItLearnedFromHasNone() throws JsonProcessingException {
    Detector detector = older(new Detector.CleaningDone(0.5, 1998, 999, 2, 1));
    assertThat(detector.calibration().isThere()).isFalse();
    assertThat(detector.calibration().promise())
        .isEqualTo(
            "An earlier version fitted this detector and judged images by what they had taken part"
                + " in. Fit it again.");
  }

  @Test
  void whatTheThresholdPromisesIsSaidBesideIt() {
    assertThat(new Detector.Threshold(0.012345678, 0.99, 10 / 1001.0, 0.01564, null))
        .hasToString(
            "0.0123457 (0.999 % of normal images above it, at most 1.56 % with 95 % confidence)");
    assertThat(new Detector.Threshold(0.25, null, null, null, 3.5))
        .hasToString("0.250000 (3.5 robust standard deviations above the median, by logarithms)");
  }

  @Test
  void aDetectorOfThisVersionSaysHowItWasCalibrated() {
    ObjectNode json = described(null);
    json.remove("calibration");
    assertThatThrownBy(() -> JSON.treeToValue(json, Detector.class))
        .hasMessageContaining("calibration is missing");
  }
}
