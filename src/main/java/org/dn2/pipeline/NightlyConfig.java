package org.dn2.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.SampleBits;
import org.dn2.image.View;
import org.dn2.store.AnomalyDatabase;
import org.dn2.table.Redacted;
import org.dn2.table.UserDataException;

/**
 * What a configuration file says of a nightly job; {@code dn2-defaults.conf} has every default.
 *
 * @param plant the folder of the installation
 * @param inbox the images to score
 * @param reference the normal images, null where detectors are put into the plant by hand
 * @param model as {@link BackboneFolder#named} takes it
 * @param views of each image, null for those of the model's description
 * @param maxRejectFraction of a night's new images, 0 to 1
 * @param scores {@value #PARQUET}, or a table's name after {@value #TABLE}
 * @param anomalies where the anomalies go as well, null for nowhere
 * @param lease how long a run that died keeps others out
 * @param metricsFile null for none
 * @param asText each setting of the section, without secrets
 */
public record NightlyConfig(
    String plant,
    Inbox inbox,
    ImageInput reference,
    String model,
    List<View> views,
    EmbeddingSettings embedding,
    double maxRejectFraction,
    Fitting fitting,
    String scores,
    AnomalyDatabase.Address anomalies,
    Set<Choice> choices,
    Duration lease,
    Path metricsFile,
    Map<String, String> asText) {
  /** The plant's own table of scores. */
  static final String PARQUET = "parquet";

  /** A table of Spark's catalogs begins so. */
  static final String TABLE = "table:";

  private static final String ROOT = "nightly";
  private static final Pattern SECRET_NAME = Pattern.compile(Redacted.SECRET_NAMES);
  private static final List<String> REQUIRED = List.of("plant", "inbox.path");

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(2);

  /** What a night may be told beside. */
  public enum Choice {
    /** A night without a new image is an error. */
    EXPECT_IMAGES,
    /** What the current detector has not scored is scored anew. */
    RESCORE,
    /** A page of what was scored is made after the run. */
    PAGE
  }

  /** When a detector is fitted. */
  public enum Schedule {
    /** Whenever the normal images or the settings of the fit are others than at the last fit. */
    WHEN_REFERENCE_CHANGES,
    /** Where there is no detector of the backbone. */
    ONCE,
    /** By dn2 fit alone. */
    NEVER
  }

  /**
   * Where the images of a night are.
   *
   * @param input whose path may hold {@value NightlyInputs#DATE}
   * @param daysBack of how many days before the folders are listed too
   */
  public record Inbox(ImageInput input, int daysBack) {}

  /**
   * How detectors are fitted.
   *
   * @param threshold where the border between normal and anomalous is drawn
   */
  public record Fitting(FitMethod method, ThresholdRule threshold, Schedule schedule) {}

  /**
   * Reads a HOCON file; environment variables can be substituted.
   *
   * @throws UserDataException naming the file, the setting and what is wrong with it
   */
  public static NightlyConfig read(File file) {
    return ConfigFile.read(file, ROOT, REQUIRED, NightlyConfig::of);
  }

  /** The same; empty where the file has no section of a nightly job. */
  static Optional<NightlyConfig> readIfThere(File file) {
    return ConfigFile.readIfThere(file, ROOT, REQUIRED, NightlyConfig::of);
  }

  /** The same with more choices. */
  public NightlyConfig with(Set<Choice> more) {
    Set<Choice> all = EnumSet.noneOf(Choice.class);
    all.addAll(choices);
    all.addAll(more);
    return new NightlyConfig(
        plant,
        inbox,
        reference,
        model,
        views,
        embedding,
        maxRejectFraction,
        fitting,
        scores,
        anomalies,
        all,
        lease,
        metricsFile,
        asText);
  }

  private static NightlyConfig of(Config config) {
    String scores = config.getString("scores");
    if (!scores.equals(PARQUET) && !scores.startsWith(TABLE)) {
      throw new UserDataException(
          "nightly.scores is \"%s\"; it must be %s, or %sCATALOG.DATABASE.NAME."
              .formatted(scores, PARQUET, TABLE));
    }
    Duration lease = config.getDuration("lease");
    if (lease.compareTo(SHORTEST_LEASE) < 0) {
      throw new UserDataException(
          "nightly.lease is %s; it must be %d s or more, such as 2m."
              .formatted(config.getString("lease"), SHORTEST_LEASE.toSeconds()));
    }
    int daysBack = ConfigText.whole(config, "inbox.days-back");
    if (daysBack < 0) {
      throw new UserDataException(
          "nightly.inbox.days-back is %d; it must be 0 or more.".formatted(daysBack));
    }
    Rejects.requireFraction(config.getDouble("max-reject-fraction"));
    FitMethod method = ConfigSettings.method(config);
    if (method.pooling() != null) {
      throw new UserDataException(
          "nightly.fit.pool is set, but the nightly job scores images, not groups of them.");
    }
    String metricsFile = ConfigSettings.stringOrNull(config, "metrics-file");
    return new NightlyConfig(
        config.getString("plant"),
        new Inbox(ConfigSettings.input(config.getConfig("inbox")), daysBack),
        ConfigSettings.stringOrNull(config, "reference.path") == null
            ? null
            : ConfigSettings.input(config.getConfig("reference")),
        config.getString("model"),
        ConfigSettings.views(config),
        new EmbeddingSettings(
            ConfigText.whole(config, "batch-size"),
            ConfigSettings.enumOf(ComputeDevice.class, config.getString("device")),
            DecodeLimits.DEFAULT,
            ConfigSettings.enumOf(ExifOrientation.class, config.getString("exif-orientation")),
            SampleBits.named(config.getString("sample-bits"))),
        config.getDouble("max-reject-fraction"),
        new Fitting(
            method,
            ConfigSettings.threshold(config),
            ConfigSettings.enumOf(Schedule.class, config.getString("fit.schedule"))),
        scores,
        anomalies(config),
        choices(config),
        lease,
        metricsFile == null ? null : Path.of(metricsFile),
        asText(config));
  }

  private static AnomalyDatabase.Address anomalies(Config config) {
    String url = ConfigSettings.stringOrNull(config, "anomalies.jdbc-url");
    String file = ConfigSettings.stringOrNull(config, "anomalies.password-file");
    try {
      return url == null
          ? null
          : AnomalyDatabase.Address.of(
              url,
              config.getString("anomalies.table"),
              ConfigSettings.stringOrNull(config, "anomalies.user"),
              file == null ? null : Path.of(file));
    } catch (UserDataException e) {
      throw new UserDataException("nightly.anomalies: " + e.getMessage(), e);
    }
  }

  private static Set<Choice> choices(Config config) {
    Set<Choice> choices = EnumSet.noneOf(Choice.class);
    if (config.getBoolean("expect-images")) {
      choices.add(Choice.EXPECT_IMAGES);
    }
    if (config.getBoolean("rescore")) {
      choices.add(Choice.RESCORE);
    }
    if (config.getBoolean("page")) {
      choices.add(Choice.PAGE);
    }
    return choices;
  }

  private static Map<String, String> asText(Config config) {
    Map<String, String> text = new TreeMap<>();
    config
        .entrySet()
        .forEach(
            setting ->
                text.put(setting.getKey(), withoutSecrets(setting.getKey(), setting.getValue())));
    return text;
  }

  private static String withoutSecrets(String name, ConfigValue value) {
    return SECRET_NAME.matcher(name).find()
        ? "***"
        : Redacted.of(String.valueOf(value.unwrapped()));
  }

  /** The settings of the fit as text, for telling whether they have changed. */
  String fitAsText() {
    Map<String, String> fit = new TreeMap<>(asText);
    fit.keySet()
        .removeIf(
            key ->
                (!key.startsWith("fit.") && !key.equals("search")) || key.equals("fit.schedule"));
    return fit.toString();
  }
}
