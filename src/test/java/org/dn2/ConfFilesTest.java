package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code conf/}, as they are and with what they comment out. */
class ConfFilesTest {
  private static final Path NIGHTLY = Path.of("conf/nightly.conf");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\??(DN2_[A-Z_]+)}");

  @Test
  void aPlantIsAllThatANightNeeds() throws IOException {
    Config nightly = nightly(Map.of("DN2_PLANT", "s3a://plant/dn2"));

    assertThat(nightly.getString("plant")).isEqualTo("s3a://plant/dn2");
    assertThat(nightly.getString("inbox.path")).isEqualTo("s3a://plant/dn2/inbox/{date}");
    assertThat(nightly.getString("reference.path")).isEqualTo("s3a://plant/dn2/normal");
    assertThat(nightly.getString("device")).isEqualTo("cpu");
    assertThat(nightly.getString("model")).isEqualTo("default");
    assertThat(nightly.hasPath("metrics-file")).isFalse();
  }

  @Test
  void everyVariableIsExplainedAndTaken() throws IOException {
    String text = Files.readString(NIGHTLY);
    Set<String> variables = new TreeSet<>();
    VARIABLE.matcher(text).results().map(m -> m.group(1)).forEach(variables::add);
    Map<String, String> environment = new HashMap<>();
    variables.forEach(name -> environment.put(name, "value-of-" + name));

    String resolved = nightly(environment).root().render();

    assertThat(variables)
        .hasSize(6)
        .allSatisfy(
            name -> {
              assertThat(text).as("the head of the file").contains("#   " + name + " ");
              assertThat(resolved).contains("value-of-" + name);
            });
  }

  @Test
  void commentedSettingsOfTheNightParseToo() throws IOException {
    String all = Files.readString(NIGHTLY).replaceAll("(?m)^( *)# (?=scores|anomalies)", "$1");

    Config nightly = parsed(all, Map.of("DN2_PLANT", "s3a://plant/dn2"));

    assertThat(nightly.getString("scores")).isEqualTo("table:lake.dn2.scores");
    assertThat(nightly.getString("anomalies.password-file")).isEqualTo("/etc/dn2/password");
  }

  /** With the settings that are commented out; values of a wrong unit would throw. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "s3"})
  void sparkReadsEverySettingOfItsFiles(String name) throws IOException {
    Path file = Path.of("conf/spark-defaults-" + name + ".conf");
    String all = Files.readString(file).replaceAll("(?m)^# (?=spark\\.)", "");
    Properties properties = new Properties();
    properties.load(new StringReader(all));

    SparkConf conf = new SparkConf(false);
    properties.stringPropertyNames().forEach(key -> conf.set(key, properties.getProperty(key)));

    assertThat(properties.stringPropertyNames()).allMatch(key -> key.startsWith("spark."));
    assertThat(properties.values()).noneMatch(value -> value.toString().isBlank());
    conf.getSizeAsMb("spark.executor.memory", "1g");
    conf.getSizeAsMb("spark.executor.memoryOverhead", "1g");
    conf.getTimeAsMs("spark.speculation.minTaskRuntime", "1s");
    conf.getTimeAsMs("spark.speculation.task.duration.threshold", "1s");
    Pattern.compile(conf.get("spark.redaction.regex", ""));
    assertThat(conf.getInt("spark.executor.cores", 1) % conf.getInt("spark.task.cpus", 1)).isZero();
  }

  /** Names that S3A and the AWS SDK have for what nobody may see. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.hadoop.fs.s3a.secret.key",
        "spark.hadoop.fs.s3a.access.key",
        "spark.hadoop.fs.s3a.session.token",
        "spark.hadoop.fs.s3a.bucket.plant.secret.key",
        "spark.executorEnv.AWS_SECRET_ACCESS_KEY",
        "spark.executorEnv.AWS_SESSION_TOKEN",
        "javax.jdo.option.ConnectionPassword"
      })
  void sparkHidesKeys(String name) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("conf/spark-defaults-cpu.conf"))) {
      properties.load(reader);
    }
    assertThat(
            Pattern.compile(properties.getProperty("spark.redaction.regex")).matcher(name).find())
        .isTrue();
  }

  @Test
  void theGuideNamesOnlyFilesThatAreThere() throws IOException {
    String guide = Files.readString(Path.of("docs/operations.md"));

    assertThat(
            Pattern.compile("`((?:submit|conf|docs|src)/[\\w./-]+)")
                .matcher(guide)
                .results()
                .map(MatchResult::group)
                .map(name -> name.substring(1))
                .distinct())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(Path.of(name)).exists());
  }

  private static Config nightly(Map<String, String> environment) throws IOException {
    return parsed(Files.readString(NIGHTLY), environment);
  }

  private static Config parsed(String text, Map<String, String> environment) {
    ConfigParseOptions strict = ConfigParseOptions.defaults().setAllowMissing(false);
    return ConfigFactory.parseString(text, strict)
        .withFallback(ConfigFactory.parseMap(environment))
        .resolve(ConfigResolveOptions.noSystem())
        .getConfig("nightly");
  }
}
