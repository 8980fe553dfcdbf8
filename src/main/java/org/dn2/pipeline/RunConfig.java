package org.dn2.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.dn2.embedding.ComputeDevice;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.group.Pooling;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.SampleBits;
import org.dn2.image.View;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.table.UserDataException;

/**
 * What one configuration file says of a whole run; see {@code conf/} for examples and {@code
 * dn2-defaults.conf} for every default.
 *
 * @param output the folder for everything the run writes
 * @param scores the table of scores; {@code output/scores} unless it is shared among runs
 * @param detector an existing detector, or null to fit one to {@code train}
 * @param model as {@link BackboneFolder#named} takes it
 * @param views of each image, null for those of the model's description
 * @param train the normal images, null where {@code detector} is given
 * @param normalLabels for the evaluation; empty for none
 */
public record RunConfig(
    String output,
    String scores,
    String detector,
    String model,
    List<View> views,
    ComputeDevice device,
    int batchSize,
    ExifOrientation exifOrientation,
    SampleBits sampleBits,
    double maxRejectFraction,
    ImageInput train,
    ImageInput test,
    FitMethod method,
    OptionalDouble threshold,
    double thresholdQuantile,
    List<String> normalLabels) {

  private static final String ROOT = "dn2";
  private static final String DEFAULTS = "/dn2-defaults.conf";

  /**
   * Every setting's default, under its path in {@code dn2-defaults.conf}, such as {@code
   * dn2.fit.k}; null where a setting may be left out.
   */
  public static Config defaults() {
    return ConfigFactory.parseResources(RunConfig.class, DEFAULTS).resolve();
  }

  /**
   * Reads a HOCON file; environment variables can be substituted.
   *
   * @throws UserDataException naming the file, the setting and what is wrong with it
   */
  public static RunConfig read(File file) {
    if (!file.isFile()) {
      throw new UserDataException(
          "There is no configuration file " + file + ". The folder conf holds examples.");
    }
    try {
      Config defaults = ConfigFactory.parseResources(RunConfig.class, DEFAULTS);
      ConfigText.requireNoCutValues(Files.readString(file.toPath()));
      Config given = ConfigFactory.parseFile(file, ConfigIncludes.filesOnly());
      if (!given.hasPath(ROOT)) {
        throw new UserDataException("it has no section " + ROOT + ".");
      }
      Config all = given.withFallback(defaults).resolve().getConfig(ROOT);
      Config known = given.resolve().getConfig(ROOT);
      requireKnown(known, defaults.resolve().getConfig(ROOT));
      ConfigText.requireNoQuotedSubstitutions(known);
      requireSet(all, "output", "test.path");
      return of(all);
    } catch (CharacterCodingException e) {
      throw new UserDataException("The configuration file " + file + " is not in UTF-8.", e);
    } catch (IOException e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be read: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be used: its brackets are nested too deeply.",
          e);
    } catch (ConfigException e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be used: " + e.getMessage(), e);
    } catch (UserDataException e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static void requireSet(Config config, String... paths) {
    for (String path : paths) {
      if (config.getIsNull(path)) {
        throw new UserDataException("it has no value for " + ROOT + "." + path + ".");
      }
    }
  }

  /** A misspelled setting must not be passed over in silence. */
  private static void requireKnown(Config given, Config defaults) {
    Set<String> unknown = new TreeSet<>();
    given.root().forEach((key, value) -> addUnknown(unknown, key, value, defaults));
    if (!unknown.isEmpty()) {
      throw new UserDataException(
          "it has the unknown settings " + String.join(", ", unknown) + ".");
    }
  }

  private static void addUnknown(Set<String> unknown, String path, Object value, Config defaults) {
    if (!defaults.hasPathOrNull(path)) {
      unknown.add(ROOT + "." + path);
    } else if (value instanceof ConfigObject object) {
      object.forEach((key, inner) -> addUnknown(unknown, path + "." + key, inner, defaults));
    }
  }

  private static RunConfig of(Config config) {
    String output = config.getString("output");
    String detector = stringOrNull(config, "detector");
    if (detector == null && stringOrNull(config, "train.path") == null) {
      throw new UserDataException("it names neither dn2.train.path nor dn2.detector.");
    }
    String scores = stringOrNull(config, "scores");
    return new RunConfig(
        output,
        scores == null ? output + "/scores" : scores,
        detector,
        config.getString("model"),
        config.getIsNull("views")
            ? null
            : View.named(String.join(",", config.getStringList("views"))),
        enumOf(ComputeDevice.class, config.getString("device")),
        ConfigText.whole(config, "batch-size"),
        enumOf(ExifOrientation.class, config.getString("exif-orientation")),
        SampleBits.named(config.getString("sample-bits")),
        config.getDouble("max-reject-fraction"),
        detector == null ? input(config.getConfig("train")) : null,
        input(config.getConfig("test")),
        method(config),
        config.getIsNull("fit.threshold")
            ? OptionalDouble.empty()
            : OptionalDouble.of(config.getDouble("fit.threshold")),
        config.getDouble("fit.threshold-quantile"),
        config.getStringList("evaluate.normal-labels"));
  }

  private static FitMethod method(Config config) {
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

  private static ImageInput input(Config config) {
    return new ImageInput(
        config.getString("path"),
        enumOf(ImageInput.Format.class, config.getString("format")),
        stringOrNull(config, "label-pattern"),
        stringOrNull(config, "group-pattern"),
        stringOrNull(config, "split"),
        config.getStringList("labels"),
        stringOrNull(config, "glob"),
        stringOrNull(config, "manifest-root"),
        config.getStringList("allowed-roots"));
  }

  private static <E extends Enum<E>> E enumOf(Class<E> type, String name) {
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

  private static String stringOrNull(Config config, String path) {
    return config.getIsNull(path) ? null : config.getString(path);
  }
}
