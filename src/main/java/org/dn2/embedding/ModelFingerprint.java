package org.dn2.embedding;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.dn2.image.Decoding;
import org.dn2.image.View;

/**
 * Everything that distances between a backbone's embeddings depend on: the weights, how files
 * become pixels and what is done to these, the views and the precision. What the backbone is called
 * is no part of it, nor is the device, whose differences are those of rounding.
 */
public final class ModelFingerprint {
  private static final String WEIGHTS = "weights";
  private static final int DIGITS = 16;
  private static final int SHA256_SHOWN = 12;

  private final String modelId;
  private final Map<String, String> parts;

  private ModelFingerprint(String modelId, Map<String, String> parts) {
    this.modelId = modelId;
    this.parts = parts;
  }

  /**
   * The fingerprint of a backbone as it is described.
   *
   * @param decoding of the files; null where it is not known, and then is compared with none
   */
  public static ModelFingerprint of(ModelSpec model, Decoding decoding) {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put(WEIGHTS, model.sha256());
    parts.put("dimension", Integer.toString(model.dimension()));
    parts.put(
        "resize of",
        switch (model.resizeMode()) {
          case EXACT -> "both sides";
          case SHORT_SIDE -> "the short side";
        });
    parts.put("resize to", model.resizeSize() + " pixels");
    parts.put("crop to", model.cropSize() + " pixels");
    parts.put("interpolation", model.interpolation().name().toLowerCase(Locale.ROOT));
    parts.put("mean", inWords(model.mean()));
    parts.put("standard deviation", inWords(model.standardDeviation()));
    parts.put("views", View.ids(model.views()));
    parts.put("precision", model.precision().id());
    if (decoding != null) {
      parts.putAll(decoding.choices());
    }
    return new ModelFingerprint(model.id(), parts);
  }

  private static String inWords(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** What the backbone is called. */
  public String modelId() {
    return modelId;
  }

  /** 16 hexadecimal digits: equal ones for what can be compared. */
  public String digits() {
    return DigestUtils.sha256Hex(parts.toString()).substring(0, DIGITS);
  }

  /** Whether distances between the embeddings of both mean something. */
  public boolean fits(ModelFingerprint other) {
    return differencesFrom(other).isEmpty();
  }

  /**
   * What is other here, in words, such as {@code other weights (sha256 0a... instead of 1b...),
   * mean 0.0 instead of 127.5}; empty where the two fit.
   */
  public String differencesFrom(ModelFingerprint expected) {
    return parts.entrySet().stream()
        .filter(part -> expected.parts.containsKey(part.getKey()))
        .filter(part -> !part.getValue().equals(expected.parts.get(part.getKey())))
        .map(part -> difference(part.getKey(), part.getValue(), expected.parts.get(part.getKey())))
        .collect(Collectors.joining(", "));
  }

  private static String difference(String part, String here, String expected) {
    return part.equals(WEIGHTS)
        ? "other weights (sha256 %s... instead of %s...)"
            .formatted(here.substring(0, SHA256_SHOWN), expected.substring(0, SHA256_SHOWN))
        : "%s %s instead of %s".formatted(part, here, expected);
  }

  /** The backbone's id and the fingerprint, for messages. */
  @Override
  public String toString() {
    return "%s (fingerprint %s)".formatted(modelId, digits());
  }
}
