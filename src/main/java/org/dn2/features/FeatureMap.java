package org.dn2.features;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dn2.table.UserDataException;

/**
 * An elementwise map of one image's embedding, with or without unit length after it.
 *
 * <p>Pooled activations are 0 or more and heavy-tailed: a few large numbers decide a squared
 * distance. A root or logarithm lets all of them count. The root with unit length is the Hellinger
 * map of RootSIFT (Arandjelovic and Zisserman 2012) and of improved Fisher vectors (Perronnin,
 * Sanchez and Mensink 2010). Numbers below 0 keep their sign: {@code sign(x) f(|x|)}.
 *
 * <p>An embedding of zeros has no direction and stays as it is. Everything is computed in double
 * and rounded once.
 */
public enum FeatureMap {
  /** The numbers as the network gives them: the paper's own form. */
  @JsonProperty("none")
  NONE,
  /** Unit length: the squared Euclidean distance is then twice the cosine distance. */
  @JsonProperty("l2")
  L2,
  /** {@code sqrt(x)}. */
  @JsonProperty("root")
  ROOT,
  /** {@code sqrt(x)}, then unit length. */
  @JsonProperty("root-l2")
  ROOT_L2,
  /** {@code log(1 + x)}, then unit length. */
  @JsonProperty("log-l2")
  LOG_L2;

  /** The map of the given name, such as {@code root-l2}; case does not matter. */
  public static FeatureMap named(String name) {
    for (FeatureMap map : values()) {
      if (map.id().equals(name.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return map;
      }
    }
    throw new UserDataException(
        "There is no feature map %s; there are %s."
            .formatted(
                name,
                Arrays.stream(values()).map(FeatureMap::id).collect(Collectors.joining(", "))));
  }

  /** The name in files and on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether all embeddings but that of zeros have the length 1 afterwards. */
  public boolean isUnitLength() {
    return this == L2 || this == ROOT_L2 || this == LOG_L2;
  }

  /** The same with unit length at the end. */
  public FeatureMap atUnitLength() {
    return switch (this) {
      case NONE -> L2;
      case ROOT -> ROOT_L2;
      case L2, ROOT_L2, LOG_L2 -> this;
    };
  }

  /**
   * The mapped numbers.
   *
   * @param embedding {@code float[dimension]}, not changed
   * @return {@code float[dimension]}; for {@link #NONE} the argument itself
   */
  public float[] of(float[] embedding) {
    if (this == NONE) {
      return embedding;
    }
    double[] mapped = elementwise(embedding);
    double squares = 0;
    for (double value : mapped) {
      squares += value * value;
    }
    double length = isUnitLength() && squares > 0 ? Math.sqrt(squares) : 1;
    float[] features = new float[mapped.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) (mapped[i] / length);
    }
    return features;
  }

  /** A loop for each map, which compiles to straight code. */
  private double[] elementwise(float[] embedding) {
    double[] mapped = new double[embedding.length];
    switch (this) {
      case NONE, L2 -> {
        for (int i = 0; i < mapped.length; i++) {
          mapped[i] = embedding[i];
        }
      }
      case ROOT, ROOT_L2 -> {
        for (int i = 0; i < mapped.length; i++) {
          double value = embedding[i];
          mapped[i] = Math.copySign(Math.sqrt(Math.abs(value)), value);
        }
      }
      case LOG_L2 -> {
        // Several times as fast as log1p, and the same once it is rounded to single precision, but
        // for numbers below 1e-8, which are nothing beside the others.
        for (int i = 0; i < mapped.length; i++) {
          double value = embedding[i];
          mapped[i] = Math.copySign(Math.log(1 + Math.abs(value)), value);
        }
      }
    }
    return mapped;
  }
}
