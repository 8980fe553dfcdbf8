package org.dn2.pipeline;

import com.typesafe.config.Config;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.group.Pooling;
import org.dn2.image.ImageInput;
import org.dn2.image.View;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.table.UserDataException;

/** Settings that several sections have. */
final class ConfigSettings {
  private ConfigSettings() {}

  /** Null for those of the model's description. */
  static List<View> views(Config config) {
    return config.getIsNull("views")
        ? null
        : View.named(String.join(",", config.getStringList("views")));
  }

  static ThresholdRule threshold(Config config) {
    return new ThresholdRule(
        config.getIsNull("fit.threshold")
            ? OptionalDouble.empty()
            : OptionalDouble.of(config.getDouble("fit.threshold")),
        config.getDouble("fit.threshold-quantile"),
        config.getIsNull("fit.threshold-deviations")
            ? null
            : (Double) config.getDouble("fit.threshold-deviations"));
  }

  static FitMethod method(Config config) {
    String pool = stringOrNull(config, "fit.pool");
    String map = stringOrNull(config, "fit.features");
    return new FitMethod(
        ConfigText.whole(config, "fit.k"),
        Distance.named(config.getString("fit.distance")),
        new FeatureChoice(
            map == null ? null : FeatureMap.named(map),
            config.getIsNull("fit.whiten")
                ? null
                : new WhiteningFit(
                    ConfigText.whole(config, "fit.whiten"), config.getDouble("fit.whiten-ridge"))),
        pool == null ? null : Pooling.named(pool),
        new Cleaning(
            config.getDouble("fit.clean"),
            config.getIsNull("fit.clean-k")
                ? null
                : (Integer) ConfigText.whole(config, "fit.clean-k"),
            Cleaning.Rounds.named(config.getString("fit.clean-rounds"))),
        config.getIsNull("fit.centers")
            ? OptionalInt.empty()
            : OptionalInt.of(ConfigText.whole(config, "fit.centers")),
        config.getLong("fit.seed"),
        SearchPlan.named(config.getString("search")));
  }

  static ImageInput input(Config config) {
    return new ImageInput(
        config.getString("path"),
        enumOf(ImageInput.Format.class, config.getString("format")),
        stringOrNull(config, "label-pattern"),
        stringOrNull(config, "group-pattern"),
        stringOrNull(config, "split"),
        config.getStringList("labels"),
        stringOrNull(config, "glob"),
        stringOrNull(config, "manifest-root"),
        config.getStringList("allowed-roots"),
        config.getIsNull("limit") ? null : (Integer) ConfigText.whole(config, "limit"));
  }

  static <E extends Enum<E>> E enumOf(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new UserDataException(
          "\""
              + name
              + "\" is not one of "
              + String.join(
                  ", ",
                  Arrays.stream(type.getEnumConstants())
                      .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                      .toList())
              + ".",
          e);
    }
  }

  static String stringOrNull(Config config, String path) {
    return config.getIsNull(path) ? null : config.getString(path);
  }
}
