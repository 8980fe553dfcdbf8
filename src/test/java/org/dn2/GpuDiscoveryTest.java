package org.dn2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** conf/gpu-discovery.sh against a stand-in for nvidia-smi on the PATH. */
class GpuDiscoveryTest {
  @TempDir Path folder;

  private record Answer(int exitCode, String stdout, String stderr) {}

  @Test
  void namesEveryGpuInTheJsonThatSparkReads() throws Exception {
    nvidiaSmi("printf '0\\n1\\n7\\n'");

    Answer answer = discover();

    assertThat(answer.exitCode()).as(answer.stderr()).isZero();
    JsonNode json = new ObjectMapper().readTree(answer.stdout());
    assertThat(json.get("name").asText()).isEqualTo("gpu");
    assertThat(json.get("addresses")).extracting(JsonNode::asText).containsExactly("0", "1", "7");
  }

  @Test
  void asksNvidiaSmiForTheIndexOfEachGpuOnly() throws Exception {
    nvidiaSmi("[[ $* == '--query-gpu=index --format=csv,noheader' ]] && echo 0");

    assertThat(discover().stdout()).isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"0\"]}\n");
  }

  @Test
  void failsWithAMessageWhereNvidiaSmiListsNoGpu() throws Exception {
    nvidiaSmi("true");

    Answer answer = discover();

    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.stdout()).isEmpty();
    assertThat(answer.stderr()).contains("lists no GPU");
  }

  @Test
  void failsWithNvidiaSmisWordsWhereItFails() throws Exception {
    nvidiaSmi("echo \"couldn't communicate with the NVIDIA driver\"; exit 9");

    Answer answer = discover();

    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.stdout()).isEmpty();
    assertThat(answer.stderr()).contains("couldn't communicate with the NVIDIA driver");
  }

  @Test
  void failsOnAnAnswerThatIsNoGpuNumber() throws Exception {
    nvidiaSmi("echo 'No devices were found'");

    Answer answer = discover();

    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.stderr()).contains("No devices were found");
  }

  private void nvidiaSmi(String body) throws IOException {
    Path file = folder.resolve("nvidia-smi");
    Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Answer discover() throws IOException, InterruptedException {
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder("bash", Path.of("conf", "gpu-discovery.sh").toAbsolutePath().toString())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("gpu-discovery.sh did not end");
    }
    return new Answer(
        process.exitValue(), Files.readString(stdout, UTF_8), Files.readString(stderr, UTF_8));
  }
}
