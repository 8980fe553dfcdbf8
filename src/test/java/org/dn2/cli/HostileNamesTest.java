package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.spark.sql.Encoders;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of files that would be lines of a log, tags of a page or commands of a terminal. */
class HostileNamesTest {
  private static final String FORGED = "dn2: 99 listed, 99 embedded, 0 rejected";

  private static final List<String> NAMES =
      List.of(
          "new\n" + FORGED + "\nline.png",
          "return\r" + FORGED + ".png",
          "next\u0085line\u2028separator\u2029.png",
          "both \" and ' and `.png",
          "<script>alert(1)<!--.png",
          "&lt;&amp;{{ 7*7 }}${jndi:ldap:x}.png",
          "a..b.png",
          "a..%2F..%2Fetc%2Fpasswd.png",
          "\u001b[2J\u001b]0;title\u0007\u009b31m.png",
          "right\u202egnp.png",
          "$(touch x);`id`|x&.png",
          "-rf --out.png",
          "longlonglong/".repeat(80) + "end.png",
          "x".repeat(251) + ".png");

  @TempDir Path folder;

  private List<String> write(String name, long seed) throws IOException {
    Path in = folder.resolve(name);
    for (int i = 0; i < NAMES.size(); i++) {
      Path file = in.resolve(NAMES.get(i));
      Files.createDirectories(file.getParent());
      Files.write(file, Images.encoded("png", Color.RED, seed + i));
    }
    return NAMES.stream().sorted().toList();
  }

  private List<String> ids(String table) {
    return SparkSessions.local()
        .read()
        .parquet(folder.resolve(table).toString())
        .select("image_id")
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private static void assertNothingForged(String printed) {
    assertThat(printed.lines()).noneMatch(line -> line.startsWith(FORGED));
    assertThat(printed.replace("\n", "")).doesNotContainPattern("[\\p{Cc}\\u2028\\u2029\\u202e]");
  }

  @Test
  void aRunKeepsThemAsTheyAreAndPrintsNoneOfTheirSigns() throws IOException {
    List<String> names = write("in", 1);
    TinyBackbone.write(folder.resolve("model"), 1);
    Path broken = folder.resolve("in/broken\n" + FORGED + ".png");
    Files.writeString(broken, "no picture");
    Path conf =
        Files.writeString(
            folder.resolve("run.conf"),
            """
            dn2 {
              output = "%1$s/out", model = "%1$s/model", train.path = "%1$s/in", test.path = "%1$s/in"
            }
            """
                .formatted(folder));

    CommandCall call = CommandCall.of("run", "--conf", conf.toString());

    assertThat(call.exitCode()).as(call.errors()).isZero();
    assertNothingForged(call.output());
    assertNothingForged(call.errors());
    assertThat(ids("out/train/embeddings")).isEqualTo(names);
    assertThat(ids("out/scores")).isEqualTo(names);
    assertThat(ids("out/test/rejects")).containsExactly(broken.getFileName().toString());
    assertThat(folder.resolve("out/report/strange-images.html")).isNotEmptyFile();
    try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
      for (Path json : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        assertThat(new ObjectMapper().readTree(json.toFile())).as(json.toString()).isNotNull();
      }
    }
  }

  @Test
  void messagesThatNameThemAreNotSplit() throws IOException {
    for (String name : NAMES) {
      Path file = folder.resolve("broken").resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "no picture");
    }
    TinyBackbone.write(folder.resolve("model"), 1);
    for (String options : List.of("", " --label-pattern (nowhere)/")) {
      CommandCall call =
          CommandCall.of(
              List.of(
                  ("embed --input %1$s/broken --model %1$s/model --out %1$s/out".formatted(folder)
                          + options)
                      .split(" ", -1)));

      assertThat(call.exitCode()).isEqualTo(2);
      assertNothingForged(call.errors());
    }
    CommandCall unknown = CommandCall.of("embed", "--in\n" + FORGED);
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertNothingForged(unknown.errors());
  }

  @Test
  void aLineOfTheLogIsOneLine() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(Path.of("conf/log4j2.properties"))) {
      properties.load(in);
    }
    PatternLayout layout =
        PatternLayout.newBuilder()
            .withPattern(properties.getProperty("appender.stderr.layout.pattern"))
            .build();
    String line =
        layout.toSerializable(
            Log4jLogEvent.newBuilder()
                .setLevel(Level.INFO)
                .setMessage(new SimpleMessage("in: " + NAMES.get(0) + "\r" + FORGED))
                .build());

    assertThat(line).hasLineCount(1).contains(" info in: new").endsWith(FORGED + "\n");
  }
}
