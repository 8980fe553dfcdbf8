package org.dn2.pipeline;

import com.typesafe.config.Config;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dn2.embedding.ComputeDevice;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.SampleBits;
import org.dn2.image.View;
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
 * @param test the images to score; null where those of {@code train} are, each by the others
 * @param normalLabels for the evaluation; empty for none
 * @param hasHeatMaps whether the page shows where images are strange
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
    ThresholdRule threshold,
    List<String> normalLabels,
    boolean hasHeatMaps) {

  private static final String ROOT = "dn2";
  private static final List<String> REQUIRED = List.of("output");

  /**
   * Every setting's default, under its path in {@code dn2-defaults.conf}, such as {@code
   * dn2.fit.k}; null where a setting may be left out.
   */
  public static Config defaults() {
    return ConfigFile.defaults();
  }

  /**
   * Reads a HOCON file; environment variables can be substituted.
   *
   * @throws UserDataException naming the file, the setting and what is wrong with it
   */
  public static RunConfig read(File file) {
    return ConfigFile.read(file, ROOT, REQUIRED, RunConfig::of);
  }

  /** The same with another backbone. */
  public RunConfig withModel(String other) {
    return new RunConfig(
        output,
        scores,
        detector,
        other,
        views,
        device,
        batchSize,
        exifOrientation,
        sampleBits,
        maxRejectFraction,
        train,
        test,
        method,
        threshold,
        normalLabels,
        hasHeatMaps);
  }

  /** Whether the images of {@code train} are scored, each by the others. */
  public boolean isAmongThemselves() {
    return test == null;
  }

  /** The images that are scored. */
  public ImageInput scored() {
    return test == null ? train : test;
  }

  /** The same; empty where the file has no section of a run. */
  static Optional<RunConfig> readIfThere(File file) {
    return ConfigFile.readIfThere(file, ROOT, REQUIRED, RunConfig::of);
  }

  /**
   * What settings say, over the defaults.
   *
   * @param settings by their paths below the section, such as {@code train.path}
   * @throws UserDataException naming the setting and what is wrong with it
   */
  public static RunConfig of(Map<String, Object> settings) {
    return ConfigFile.of(settings, ROOT, RunConfig::of);
  }

  private static RunConfig of(Config config) {
    String output = config.getString("output");
    String detector = ConfigSettings.stringOrNull(config, "detector");
    if (detector == null && ConfigSettings.stringOrNull(config, "train.path") == null) {
      throw new UserDataException("it names neither dn2.train.path nor dn2.detector.");
    }
    if (detector != null && ConfigSettings.stringOrNull(config, "test.path") == null) {
      throw new UserDataException("it has no value for dn2.test.path.");
    }
    String scores = ConfigSettings.stringOrNull(config, "scores");
    return new RunConfig(
        output,
        scores == null ? output + "/scores" : scores,
        detector,
        config.getString("model"),
        ConfigSettings.views(config),
        ConfigSettings.enumOf(ComputeDevice.class, config.getString("device")),
        ConfigText.whole(config, "batch-size"),
        ConfigSettings.enumOf(ExifOrientation.class, config.getString("exif-orientation")),
        SampleBits.named(config.getString("sample-bits")),
        config.getDouble("max-reject-fraction"),
        detector == null ? ConfigSettings.input(config.getConfig("train")) : null,
        ConfigSettings.stringOrNull(config, "test.path") == null
            ? null
            : ConfigSettings.input(config.getConfig("test")),
        ConfigSettings.method(config),
        ConfigSettings.threshold(config),
        config.getStringList("evaluate.normal-labels"),
        config.getBoolean("heat-maps"));
  }
}
