package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dn2.testing.PythonScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code submit/} that other programs read. */
class SubmitFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ACCOUNT = Path.of("submit/kubernetes/account.yaml");
  private static final Path NIGHTLY = Path.of("submit/kubernetes/nightly.yaml");
  private static final Path SERVICE = Path.of("submit/systemd/dn2-nightly.service");
  private static final Path TIMER = Path.of("submit/systemd/dn2-nightly.timer");
  private static final Path CRON = Path.of("submit/cron/dn2-nightly");

  @TempDir Path folder;

  @Test
  void theAccountIsWhatKubernetesApiTakes() throws IOException {
    List<String> kinds = new ArrayList<>();
    for (JsonNode document : documents(ACCOUNT)) {
      JsonElement json = JsonParser.parseString(document.toString());
      String kind = document.get("kind").asText();
      kinds.add(kind);
      switch (kind) {
        case "ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
        case "Role" -> V1Role.validateJsonElement(json);
        case "RoleBinding" -> V1RoleBinding.validateJsonElement(json);
        default -> throw new IllegalStateException(kind);
      }
    }
    assertThat(kinds).containsExactly("ServiceAccount", "Role", "RoleBinding");
  }

  @Test
  void theScheduleHasOnlyFieldsThatTheOperatorKnows() throws IOException {
    JsonSchema schema;
    try (var stream =
        getClass().getResourceAsStream("/operator/scheduled-spark-application.schema.json")) {
      schema = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(stream);
    }
    JsonNode manifest = documents(NIGHTLY).get(0);

    assertThat(schema.validate(manifest)).isEmpty();
    JsonNode misspelled = manifest.deepCopy();
    ((ObjectNode) misspelled.at("/spec/template")).put("mainclass", "org.dn2.Main");
    assertThat(schema.validate(misspelled)).as("a misspelled field").hasSize(1);
  }

  @Test
  void theScheduleRunsTheNightUnderTheAccount() throws IOException {
    JsonNode template = documents(NIGHTLY).get(0).at("/spec/template");

    assertThat(template.get("arguments"))
        .extracting(JsonNode::asText)
        .containsExactly("nightly", "--conf", "/opt/dn2/conf/nightly.conf");
    assertThat(template.get("mainClass").asText()).isEqualTo(Main.class.getName());
    assertThat(template.at("/driver/serviceAccount"))
        .isEqualTo(documents(ACCOUNT).get(0).at("/metadata/name"));
  }

  /** Where both say something, they say the same. */
  @Test
  void theScheduleHasTheShapeOfTheFile() throws IOException {
    Properties file = new Properties();
    try (var reader = Files.newBufferedReader(Path.of("conf/spark-defaults-cpu.conf"))) {
      file.load(reader);
    }
    JsonNode template = documents(NIGHTLY).get(0).at("/spec/template");
    Map<String, String> manifest = new TreeMap<>();
    template
        .get("sparkConf")
        .properties()
        .forEach(e -> manifest.put(e.getKey(), e.getValue().asText()));
    manifest.put("spark.executor.instances", template.at("/executor/instances").asText());
    manifest.put("spark.executor.cores", template.at("/executor/cores").asText());
    manifest.put("spark.executor.memory", template.at("/executor/memory").asText());
    manifest.put("spark.executor.memoryOverhead", template.at("/executor/memoryOverhead").asText());
    manifest.put("spark.driver.memory", template.at("/driver/memory").asText());

    manifest.keySet().retainAll(file.stringPropertyNames());
    assertThat(manifest).hasSizeGreaterThan(9);
    assertThat(manifest)
        .allSatisfy((name, value) -> assertThat(file.getProperty(name)).as(name).isEqualTo(value));
  }

  @Test
  void theImageHoldsWhatManifestAndScriptName() throws IOException {
    String recipe = Files.readString(Path.of("submit/Containerfile"));
    List<MatchResult> copies =
        Pattern.compile("(?m)^COPY (\\S+) (\\S+)$").matcher(recipe).results().toList();

    assertThat(copies)
        .extracting(copy -> copy.group(2))
        .contains("/opt/dn2/dn2.jar", "/opt/dn2/conf", "/opt/spark/work-dir/gpu-discovery.sh");
    for (MatchResult copy : copies) {
      if (!copy.group(1).startsWith("target/")) {
        assertThat(Path.of(copy.group(1))).exists();
      }
    }
    assertThat(Files.readString(Path.of("submit/kubernetes.sh")))
        .contains("local:///opt/dn2/dn2.jar")
        .contains("/opt/dn2/conf/");
    assertThat(Path.of("conf/nightly.conf")).exists();
  }

  /** With the paths of an installation replaced by this folder's, which systemd looks up. */
  @Test
  void systemdTakesTheUnits() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")))
        .as("SKIPPED: no systemd-analyze (Debian: systemd)")
        .isTrue();
    String home = Path.of("").toAbsolutePath().toString();
    Path service = folder.resolve("dn2-nightly.service");
    Files.writeString(
        service,
        Files.readString(SERVICE).replace("/opt/dn2", home).replace("User=dn2", "User=root"));
    Path timer = Files.copy(TIMER, folder.resolve("dn2-nightly.timer"));

    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder("systemd-analyze", "verify", service.toString(), timer.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

    assertThat(Files.readString(output)).doesNotContain("dn2-nightly");
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }

  /** The line of cron, by the shell that cron uses, with a night that says what it got. */
  @Test
  void cronAndSystemdReadTheSameEnvironment() throws Exception {
    String line =
        Files.readAllLines(CRON).stream()
            .filter(l -> l.startsWith("30 1"))
            .findFirst()
            .orElseThrow();
    CronLine fields = CronLine.of(line);
    assertThat(fields.user()).isEqualTo("dn2");
    Path night = folder.resolve("night");
    SubmitCall.executable(night, "echo \"$SUBMIT $DN2_PLANT $DN2_HEAP\"");
    String command =
        fields
            .command()
            .replace(
                "/etc/dn2/nightly.env", Path.of("conf/nightly.env").toAbsolutePath().toString())
            .replace("/opt/dn2/submit/nightly.sh", night.toString());

    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

    assertThat(Files.readString(output)).isEqualTo("./dn2 /srv/dn2 8g\n");
    assertThat(Files.readString(SERVICE))
        .contains("EnvironmentFile=/etc/dn2/nightly.env")
        .contains("ExecStart=/opt/dn2/submit/nightly.sh\n");
  }

  /** Also what is commented out: systemd takes no shell, cron's shell no odd names. */
  @Test
  void theEnvironmentIsPlainForBothReaders() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("conf/nightly.env"))) {
      assertThat(lines.map(line -> line.replaceFirst("^# (?=[A-Z0-9_]+=)", "")))
          .allMatch(
              line ->
                  line.isEmpty()
                      || line.startsWith("#")
                      || line.matches("[A-Z0-9_]+=[^\\s\"'$`\\\\]+"));
    }
  }

  @Test
  void aRetryInAirflowIsTheSameNight() throws Exception {
    PythonScript.require("json, runpy", "python3");

    JsonNode seen =
        JSON.readTree(
            PythonScript.run(folder, "airflow_arguments.py", "submit/airflow/dn2_nightly.py"));

    JsonNode task = seen.get("SparkSubmitOperator");
    assertThat(task.get("application_args"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "nightly",
            "--conf",
            "/opt/dn2/conf/nightly.conf",
            "--run-date",
            "{{ ds }}",
            "--run-id",
            "{{ ds }}");
    assertThat(task.get("java_class").asText()).isEqualTo(Main.class.getName());
    assertThat(task.get("properties_file").asText())
        .isEqualTo("/opt/dn2/conf/spark-defaults-cpu.conf");
    assertThat(seen.at("/DAG/default_args/retries").asInt()).isEqualTo(2);
    assertThat(seen.at("/DAG/max_active_runs").asInt()).isEqualTo(1);
    assertThat(seen.at("/CronDataIntervalTimetable/arguments/0").asText()).isEqualTo("30 1 * * *");
  }

  private static List<JsonNode> documents(Path file) throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    try (MappingIterator<JsonNode> documents =
        yaml.readerFor(JsonNode.class).readValues(file.toFile())) {
      return documents.readAll();
    }
  }

  /** A line of /etc/cron.d. */
  private record CronLine(String user, String command) {
    static CronLine of(String line) {
      String[] words = line.split(" +", 7);
      return new CronLine(words[5], words[6]);
    }
  }
}
