package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of {@code submit/}, run for real up to spark-submit. */
class SubmitScriptsTest {
  private static final String SECRET = "wJalrXUtnFEMIbPxRfiCYhush";

  @TempDir Path folder;

  @Test
  void everyScriptParsesAndPassesShellcheck() throws Exception {
    List<String> scripts = scripts();
    for (String script : scripts) {
      assertThat(run(List.of("bash", "-n", script))).as(script).isEmpty();
    }
    assumeThat(Files.isExecutable(Path.of("/usr/bin/shellcheck")))
        .as("SKIPPED: no shellcheck (Debian: shellcheck)")
        .isTrue();
    List<String> command = new ArrayList<>(List.of("/usr/bin/shellcheck", "-x", "-S", "style"));
    command.addAll(scripts);
    assertThat(run(command)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes"})
  void everyClusterTakesAnyCommandWithTheShapeOfTheFile(String cluster) throws Exception {
    SubmitCall call = call(cluster, Map.of(), "runs", "--last", "7", "--plant", "s3a://a b/c");

    assertThat(call.dn2()).containsExactly("runs", "--last", "7", "--plant", "s3a://a b/c");
    assertThat(call.parsed().mainClass()).isEqualTo("org.dn2.Main");
    assertThat(call.setting("spark.executor.memoryOverhead")).isEqualTo("3g");
    assertThat(call.setting("spark.task.maxFailures")).isEqualTo("8");
    assertThat(call.setting("spark.speculation")).isEqualTo("true");
    assertThat(call.setting("spark.executorEnv.LC_ALL")).isEqualTo("C.UTF-8");
    assertThat(call.arguments()).contains("--load-spark-defaults");
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes"})
  void anotherShapeIsAnotherFile(String cluster) throws Exception {
    String gpu = Path.of("conf/spark-defaults-gpu.conf").toAbsolutePath().toString();

    SubmitCall call = call(cluster, Map.of("DN2_SPARK_CONF", gpu), "doctor");

    assertThat(call.setting("spark.executor.resource.gpu.amount")).isEqualTo("1");
    assertThat(call.setting("spark.speculation")).isEqualTo("false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes"})
  void noKeyIsOnACommandLine(String cluster) throws Exception {
    Map<String, String> keys =
        Map.of(
            "AWS_ACCESS_KEY_ID",
            "AKIA" + SECRET,
            "AWS_SECRET_ACCESS_KEY",
            SECRET,
            "AWS_SESSION_TOKEN",
            SECRET,
            "DN2_DATABASE_PASSWORD",
            SECRET,
            "DN2_PLANT",
            "s3a://plant/dn2",
            "DEPLOY_MODE",
            "cluster");

    SubmitCall call = call(cluster, keys, "nightly", "--conf", "conf/nightly.conf");

    assertThat(call.arguments()).isNotEmpty().noneMatch(argument -> argument.contains(SECRET));
    assertThat(call.stderr()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes"})
  void withoutACommandTheUsageIsSaidAndNothingIsSubmitted(String cluster) throws Exception {
    SubmitCall call = call(cluster, Map.of());

    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.stderr()).contains("usage: ").contains("nightly --conf");
    assertThat(call.arguments()).isEmpty();
  }

  @Test
  void aShapeThatIsNotThereIsSaid() throws Exception {
    SubmitCall call = call("yarn", Map.of("DN2_SPARK_CONF", "/nowhere.conf"), "doctor");

    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.stderr()).contains("/nowhere.conf");
  }

  @Test
  void onYarnTheDriverRunsHereAndReadsItsFileHere() throws Exception {
    SubmitCall call =
        call("yarn", Map.of("QUEUE", "night"), "nightly", "--conf", "somewhere/my.conf");

    assertThat(call.parsed().deployMode()).isEqualTo("client");
    assertThat(call.dn2()).containsExactly("nightly", "--conf", "somewhere/my.conf");
    assertThat(call.setting("spark.yarn.maxAppAttempts")).isEqualTo("1");
    assertThat(call.arguments()).containsSequence("--queue", "night");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--conf somewhere/my.conf", "--conf=somewhere/my.conf"})
  void inAYarnClusterTheFileAndItsVariablesTravel(String option) throws Exception {
    Map<String, String> environment =
        Map.of("DEPLOY_MODE", "cluster", "DN2_PLANT", "s3a://plant/d n2", "DN2_HEAP", "9g");
    List<String> arguments = new ArrayList<>(List.of("nightly"));
    arguments.addAll(List.of(option.split(" ")));
    arguments.add("--expect-images");

    SubmitCall call = call("yarn", environment, arguments.toArray(String[]::new));

    assertThat(call.dn2()).containsExactly("nightly", "--conf", "my.conf", "--expect-images");
    assertThat(call.parsed().files()).contains("gpu-discovery.sh").contains("somewhere/my.conf");
    assertThat(call.setting("spark.yarn.appMasterEnv.DN2_PLANT")).isEqualTo("s3a://plant/d n2");
    assertThat(call.setting("spark.yarn.appMasterEnv.LC_ALL")).isEqualTo("C.UTF-8");
    assertThat(call.setting("spark.yarn.appMasterEnv.DN2_HEAP")).isNull();
  }

  @Test
  void onKubernetesTheFileIsTheImagesAndKeysAreNamedOnly() throws Exception {
    Map<String, String> environment =
        Map.of("DN2_PLANT", "s3a://plant/dn2", "S3_SECRET", "dn2-s3", "NAMESPACE", "vision");

    SubmitCall call = call("kubernetes", environment, "nightly", "--conf", "mine/nightly.conf");

    assertThat(call.parsed().master()).isEqualTo("k8s://https://api:6443");
    assertThat(call.dn2()).containsExactly("nightly", "--conf", "/opt/dn2/conf/nightly.conf");
    assertThat(call.setting("spark.kubernetes.driverEnv.DN2_PLANT")).isEqualTo("s3a://plant/dn2");
    assertThat(call.setting("spark.kubernetes.namespace")).isEqualTo("vision");
    for (String role : List.of("driver", "executor")) {
      String prefix = "spark.kubernetes." + role + ".secretKeyRef.AWS_";
      assertThat(call.setting(prefix + "ACCESS_KEY_ID")).isEqualTo("dn2-s3:access-key");
      assertThat(call.setting(prefix + "SECRET_ACCESS_KEY")).isEqualTo("dn2-s3:secret-key");
    }
  }

  /** spark-submit ends with 0 whatever became of the driver. */
  @Test
  void onKubernetesTheExitCodeIsTheDrivers() throws Exception {
    for (int code : new int[] {0, 2, 3, 143}) {
      String says =
          "printf '\\n\\t container state: terminated\\n\\t exit code: " + code + "\\n' >&2";
      assertThat(kubernetes(says).exitCode()).as(says).isEqualTo(code);
    }
    assertThat(kubernetes("true").exitCode()).isEqualTo(3);
    assertThat(kubernetes("true").stderr()).contains("did not say how the driver ended");
    assertThat(kubernetes("exit 1").exitCode()).as("a submission that failed").isEqualTo(3);
  }

  @Test
  void elsewhereTheExitCodeIsSparkSubmits() throws Exception {
    for (String cluster : List.of("standalone", "yarn")) {
      SubmitCall call =
          SubmitCall.of(folder, Map.of(), "exit 2", "submit/" + cluster + ".sh", "doctor");
      assertThat(call.exitCode()).as(cluster).isEqualTo(2);
    }
  }

  @Test
  void aNightIsYesterdaysAndItsIdIsTheDay() throws Exception {
    LocalDate before = LocalDate.now(ZoneId.systemDefault()).minusDays(1);
    SubmitCall call = night(Map.of());
    LocalDate after = LocalDate.now(ZoneId.systemDefault()).minusDays(1);

    List<String> words = call.dn2();
    assertThat(words).startsWith("nightly", "--conf").hasSize(7);
    assertThat(words.get(2)).isEqualTo(Path.of("conf/nightly.conf").toAbsolutePath().toString());
    assertThat(words.get(4)).isEqualTo(words.get(6)).isIn(before.toString(), after.toString());
    assertThat(List.of(words.get(3), words.get(5))).containsExactly("--run-date", "--run-id");
  }

  @Test
  void aGivenDayAndOptionsAreHandedOn() throws Exception {
    SubmitCall call =
        night(Map.of("DN2_CONF", "/etc/dn2/other.conf"), "2026-11-23", "--expect-images");

    String expected =
        "nightly --conf /etc/dn2/other.conf --run-date 2026-11-23 --run-id 2026-11-23"
            + " --expect-images";
    assertThat(call.dn2()).containsExactly(expected.split(" "));
  }

  @Test
  void aNightWithoutAClusterOrWithAnOddDayIsNotStarted() throws Exception {
    SubmitCall lacking = SubmitCall.of(folder, Map.of(), "", "submit/nightly.sh");
    SubmitCall misspelled =
        SubmitCall.of(folder, Map.of("SUBMIT", "submit/spark.sh"), "", "submit/nightly.sh");
    SubmitCall withoutSpark =
        SubmitCall.of(
            folder,
            Map.of("SUBMIT", "submit/yarn.sh", "SPARK_SUBMIT", "/nowhere/spark-submit"),
            "",
            "submit/nightly.sh");
    SubmitCall help = SubmitCall.of(folder, Map.of(), "", "submit/nightly.sh", "--help");
    SubmitCall odd = night(Map.of(), "yesterday");

    assertThat(lacking.exitCode()).isEqualTo(1);
    assertThat(lacking.stderr()).contains("set SUBMIT to ./dn2");
    assertThat(odd.exitCode()).isEqualTo(1);
    assertThat(odd.stderr()).contains("\"yesterday\" is no day");
    assertThat(misspelled.exitCode()).isEqualTo(1);
    assertThat(misspelled.stderr()).contains("submit/spark.sh\", which is no program");
    assertThat(withoutSpark.exitCode()).isEqualTo(1);
    assertThat(withoutSpark.stderr()).contains("Set SPARK_SUBMIT to bin/spark-submit");
    assertThat(help.exitCode()).isZero();
    assertThat(List.of(lacking, misspelled, withoutSpark, help, odd))
        .extracting(SubmitCall::arguments)
        .containsOnly(List.of());
  }

  @Test
  void scriptsAreFoundThroughLinks() throws Exception {
    Path link = folder.resolve("dn2-nightly");
    Files.createSymbolicLink(link, Path.of("submit/nightly.sh").toAbsolutePath());

    SubmitCall call =
        SubmitCall.of(
            folder, Map.of("SUBMIT", "submit/yarn.sh"), "", link.toString(), "2026-11-23");

    assertThat(call.parsed().primaryResource())
        .isEqualTo("file:" + Path.of("target/dn2.jar").toAbsolutePath());
  }

  private SubmitCall night(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.put("SUBMIT", "submit/standalone.sh");
    return SubmitCall.of(folder, all, "", "submit/nightly.sh", arguments);
  }

  private SubmitCall kubernetes(String submitBody) throws IOException, InterruptedException {
    return SubmitCall.of(folder, api(Map.of()), submitBody, "submit/kubernetes.sh", "doctor");
  }

  private SubmitCall call(String cluster, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return SubmitCall.of(folder, api(environment), "", "submit/" + cluster + ".sh", arguments);
  }

  private static Map<String, String> api(Map<String, String> environment) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.put("API", "https://api:6443");
    all.put("IMAGE", "registry/dn2:0.1.0");
    return all;
  }

  private static List<String> scripts() throws IOException {
    List<String> scripts = new ArrayList<>(List.of("dn2", ".ci/run", "src/build/share-classes"));
    for (String place : List.of("submit", "conf")) {
      try (Stream<Path> files = Files.list(Path.of(place))) {
        files
            .map(Path::toString)
            .filter(name -> name.endsWith(".sh"))
            .sorted()
            .forEach(scripts::add);
      }
    }
    return scripts;
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(output);
    return process.exitValue() == 0 ? said : said + "\nexit code " + process.exitValue();
  }
}
