package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dn2.fit.FitMethod;
import org.dn2.image.ImageInput;
import org.dn2.pipeline.RunConfig;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

class ConfiguredDefaultsTest {
  /** As little as each of the commands with such options can be given. */
  private static final Map<String, String> LEAST =
      Map.of(
          "find", "--images i",
          "embed", "--input i --out o",
          "fit", "--embeddings e --out o",
          "score", "--embeddings e --detector d --out o",
          "compare", "--embeddings e --normal-label n",
          "pack", "--input i --out o",
          "report", "--scores s --out o",
          "reproduce", "--data d --out o");

  @TempDir Path folder;

  /** What a configuration file without any of the settings gives, by the settings' paths. */
  private Map<String, Object> configured() throws IOException {
    RunConfig config = emptyConfig();
    FitMethod method = config.method();
    ImageInput input = config.test();
    Map<String, Object> values = new HashMap<>();
    values.put("dn2.model", config.model());
    values.put("dn2.views", config.views());
    values.put("dn2.heat-maps", config.hasHeatMaps());
    values.put("dn2.device", config.device());
    values.put("dn2.batch-size", config.batchSize());
    values.put("dn2.exif-orientation", config.exifOrientation());
    values.put("dn2.sample-bits", config.sampleBits());
    values.put("dn2.max-reject-fraction", config.maxRejectFraction());
    values.put("dn2.search", method.search());
    values.put("dn2.fit.k", method.k());
    values.put("dn2.fit.distance", method.distance());
    values.put("dn2.fit.features", method.features().map());
    values.put("dn2.fit.whiten", method.features().whitening());
    values.put("dn2.fit.whiten-ridge", whitenRidge());
    values.put("dn2.fit.clean", method.cleaning().fraction());
    values.put("dn2.fit.clean-k", method.cleaning().neighbors());
    values.put("dn2.fit.clean-rounds", method.cleaning().rounds());
    values.put("dn2.fit.centers", method.centers());
    values.put("dn2.fit.seed", method.seed());
    values.put("dn2.fit.pool", method.pooling());
    values.put("dn2.fit.threshold", config.threshold().given());
    values.put("dn2.fit.threshold-quantile", config.threshold().quantile());
    values.put("dn2.fit.threshold-deviations", config.threshold().deviations());
    values.put("dn2-input.format", input.format());
    values.put("dn2-input.limit", input.limit());
    values.put("dn2-input.label-pattern", input.labelPattern());
    values.put("dn2-input.group-pattern", input.groupPattern());
    values.put("dn2-input.split", input.split());
    values.put("dn2-input.labels", input.labels());
    values.put("dn2-input.glob", input.glob());
    values.put("dn2-input.manifest-root", input.manifestRoot());
    values.put("dn2-input.allowed-roots", input.allowedRoots());
    return values;
  }

  private RunConfig emptyConfig() throws IOException {
    return read("");
  }

  /** Only a whitening has a ridge. */
  private double whitenRidge() throws IOException {
    return read("fit.whiten = 8").method().features().whitening().ridge();
  }

  private RunConfig read(String settings) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("run.conf"),
            "dn2 { output = o, train.path = i, test.path = i, %s }".formatted(settings));
    return RunConfig.read(file.toFile());
  }

  @Test
  void anOptionHasTheDefaultThatAConfigurationFileHas() throws IOException {
    Map<String, Object> configured = configured();
    List<String> checked = new ArrayList<>();
    for (Map.Entry<String, String> command : LEAST.entrySet()) {
      CommandLine dn2 = Dn2Command.newCommandLine();
      dn2.parseArgs((command.getKey() + " " + command.getValue()).split(" "));
      for (OptionSpec option : tied(dn2.getSubcommands().get(command.getKey()))) {
        String path = option.descriptionKey();
        assertThat(configured).containsKey(path);
        assertThat(text(option.getValue()))
            .as("%s %s", command.getKey(), option.longestName())
            .isEqualTo(text(configured.get(path)));
        checked.add(path);
      }
    }
    assertThat(checked).containsAll(configured.keySet());
  }

  @Test
  void anOptionWithASettingHasNoDefaultOfItsOwn() {
    CommandLine dn2 = Dn2Command.newCommandLine();
    for (Map.Entry<String, CommandLine> command : dn2.getSubcommands().entrySet()) {
      List<OptionSpec> tied = tied(command.getValue());
      assertThat(tied.isEmpty())
          .as("%s is tried above", command.getKey())
          .isEqualTo(!LEAST.containsKey(command.getKey()));
      assertThat(tied)
          .allSatisfy(
              option -> assertThat(option.defaultValue()).as(option.longestName()).isNull());
    }
  }

  private static List<OptionSpec> tied(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> ConfiguredDefaults.isSetting(option.descriptionKey()))
        .toList();
  }

  /** One spelling for values of both sides. */
  private static String text(Object value) {
    if (value instanceof List<?> values) {
      return String.join(",", values.stream().map(ConfiguredDefaultsTest::text).toList());
    }
    if (value == null
        || value.equals(OptionalDouble.empty())
        || value.equals(OptionalInt.empty())) {
      return "none";
    }
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT)
        : value.toString();
  }

  @Command(name = "options")
  private static final class Options {
    @Mixin private MethodOptions method;
    @Mixin private ImageOptions images;
    @Mixin private ViewOptions views;
  }

  private static Options options(String... arguments) {
    Options options = new Options();
    new CommandLine(options).setDefaultValueProvider(new ConfiguredDefaults()).parseArgs(arguments);
    return options;
  }

  @Test
  void whatIsMadeOfTheOptionsIsWhatAConfigurationFileGives() throws IOException {
    RunConfig config = emptyConfig();
    assertThat(options().method.method()).isEqualTo(config.method());
    assertThat(options().images.of("i")).isEqualTo(config.train()).isEqualTo(config.test());
    assertThat(options().views.views()).isEqualTo(config.views());
    assertThat(options("--whiten", "8").method.method()).isEqualTo(read("fit.whiten = 8").method());
  }

  @Test
  void helpShowsTheDefaults() {
    assertThat(usage("embed"))
        .contains("Images per pass through the network, 1 to 1024. Default: 16.")
        .contains("CPU, GPU. A GPU that is asked for and absent fails the job. Default: CPU.")
        .contains("IGNORE, APPLY a camera's rotation mark. Default: IGNORE.");
    assertThat(usage("fit"))
        .contains("Neighbors whose distances are averaged, 1 or more. Default: 2.")
        .contains("squared_euclidean, cosine or manhattan. Default: squared_euclidean.")
        .contains("as a fraction of the largest; above 0, at most 1. Default: 0.1.")
        .contains("each judged by others only; above 0 and below 1. Default: 0.99.");
  }

  private static String usage(String command) {
    return Dn2Command.newCommandLine()
        .getSubcommands()
        .get(command)
        .getUsageMessage(CommandLine.Help.Ansi.OFF)
        .replaceAll("\\s+", " ");
  }

  @Test
  void aRidgeWithoutAWhiteningIsAMistake() {
    assertThatThrownBy(() -> options("--whiten-ridge", "0.1").method.method())
        .isInstanceOf(UserDataException.class)
        .hasMessage("--whiten-ridge has no effect without --whiten.");
  }

  @Test
  void aThresholdAndItsQuantileExcludeEachOtherThoughOneHasADefault() {
    CommandLine dn2 = Dn2Command.newCommandLine();
    String[] one = "fit --embeddings e --out o --threshold 1".split(" ");
    dn2.parseArgs(one);
    OptionSpec quantile =
        dn2.getSubcommands().get("fit").getCommandSpec().findOption("--threshold-quantile");
    assertThat(quantile.<Double>getValue()).isEqualTo(0.99);

    String[] both = "fit --embeddings e --out o --threshold 1 --threshold-quantile 0.9".split(" ");
    assertThatThrownBy(() -> dn2.parseArgs(both)).hasMessageContaining("mutually exclusive");
  }
}
