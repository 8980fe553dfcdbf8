package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dn2.image.Decoding;
import org.dn2.image.ExifOrientation;
import org.dn2.image.SampleBits;
import org.junit.jupiter.api.Test;

class ModelFingerprintTest {
  private static final String MODEL =
      """
      {"id": "a", "file": "model.pt", "sha256": "%s", "dimension": 8, "resizeMode": "EXACT",
       "resizeSize": 32, "cropSize": 28, "mean": [1.5, 2.0, 3.0],
       "standardDeviation": [64.0, 64.0, 64.0], "precision": "fp32",
       "interpolation": "bilinear", "views": ["center"], "features": "none", "source": "here"}
      """
          .formatted("0".repeat(64));

  private static ModelFingerprint with(String given, String other) {
    assertThat(MODEL).contains(given);
    return ModelFingerprint.of(ModelSpec.fromJson(MODEL.replace(given, other)), null);
  }

  @Test
  void whateverDistancesDependOnIsPartOfItAndSaidInWords() {
    Map<String, ModelFingerprint> others = new LinkedHashMap<>();
    others.put(
        "other weights (sha256 111111111111... instead of 000000000000...)",
        with("0".repeat(64), "1".repeat(64)));
    others.put("dimension 9 instead of 8", with("\"dimension\": 8", "\"dimension\": 9"));
    others.put("resize of the short side instead of both sides", with("EXACT", "SHORT_SIDE"));
    others.put("resize to 40 pixels instead of 32 pixels", with("32,", "40,"));
    others.put("crop to 24 pixels instead of 28 pixels", with("28,", "24,"));
    others.put("mean 0.5, 2.0, 3.0 instead of 1.5, 2.0, 3.0", with("1.5", "0.5"));
    others.put(
        "standard deviation 64.0, 64.0, 65.0 instead of 64.0, 64.0, 64.0", with("64.0]", "65.0]"));
    others.put("precision bf16 instead of fp32", with("fp32", "bf16"));
    others.put("interpolation bicubic instead of bilinear", with("bilinear", "bicubic"));
    others.put(
        "views center,mirror instead of center", with("\"center\"", "\"mirror\", \"center\""));
    ModelFingerprint given = with("\"a\"", "\"a\"");
    others.forEach(
        (words, other) -> {
          assertThat(other.differencesFrom(given)).isEqualTo(words);
          assertThat(other.fits(given)).as(words).isFalse();
          assertThat(other.digits()).as(words).matches("[0-9a-f]{16}").isNotEqualTo(given.digits());
        });
  }

  @Test
  void howFilesBecamePixelsIsPartOfItWhereItIsKnown() {
    ModelFingerprint unknown = decoded(null);
    ModelFingerprint given = decoded(new Decoding(ExifOrientation.IGNORE, SampleBits.AUTO));
    ModelFingerprint other = decoded(new Decoding(ExifOrientation.APPLY, new SampleBits(12)));
    assertThat(other.differencesFrom(given))
        .isEqualTo("exif-orientation apply instead of ignore, sample-bits 12 instead of auto");
    assertThat(other.fits(given)).isFalse();
    assertThat(other.digits()).isNotEqualTo(given.digits());
    assertThat(other.fits(unknown)).isTrue();
    assertThat(unknown.fits(other)).isTrue();
  }

  private static ModelFingerprint decoded(Decoding decoding) {
    return ModelFingerprint.of(ModelSpec.fromJson(MODEL), decoding);
  }

  @Test
  void namesAreNoPartOfIt() {
    ModelFingerprint given = with("\"a\"", "\"a\"");
    for (ModelFingerprint other :
        new ModelFingerprint[] {
          with("\"a\"", "\"b\""),
          with("model.pt", "other.pt"),
          with("\"here\"", "\"there\""),
          with("\"none\"", "\"l2\"")
        }) {
      assertThat(other.fits(given)).isTrue();
      assertThat(other.differencesFrom(given)).isEmpty();
      assertThat(other.digits()).isEqualTo(given.digits());
    }
    assertThat(with("\"a\"", "\"b\"").toString())
        .isEqualTo("b (fingerprint " + given.digits() + ")");
  }
}
