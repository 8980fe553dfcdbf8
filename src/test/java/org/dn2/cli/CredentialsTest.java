package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials that a command is given, rightly or wrongly, and that nothing repeats. */
class CredentialsTest {
  private static final String SECRET = "hushhush4711";
  private static final String PLACE = "s3a://AKIAKEY:" + SECRET + "@bucket/x";

  @TempDir Path folder;

  @BeforeEach
  void prepare() throws IOException {
    Images.writeFolder(folder.resolve("in"), 3, Color.RED, 1);
    TinyBackbone.write(folder.resolve("model"), 1);
    Files.writeString(folder.resolve("m.csv"), "path\nin/000.png\n" + PLACE + "/a.png\n");
    Files.writeString(
        folder.resolve("in.conf"),
        "dn2 { output = \"%1$s/out\", train.path = \"%2$s\", test.path = \"%2$s\", model = \"%1$s/model\" }"
            .formatted(folder, PLACE));
    Files.writeString(
        folder.resolve("out.conf"),
        "dn2 { output = \"%2$s\", train.path = \"%1$s/in\", test.path = \"%1$s/in\", model = \"%1$s/model\" }"
            .formatted(folder, PLACE));
  }

  private void assertNothingKept() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getParent().equals(folder)) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(SECRET);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "embed --input PLACE --model FOLDER/model --out FOLDER/o",
        "embed --input FOLDER/in --model FOLDER/model --out PLACE",
        "embed --input FOLDER/in --model PLACE --out FOLDER/o",
        "embed --input FOLDER/m.csv --manifest-root PLACE --model FOLDER/model --out FOLDER/o",
        "embed --input FOLDER/m.csv --allow-root PLACE --model FOLDER/model --out FOLDER/o",
        "embed --input FOLDER/m.csv --model FOLDER/model --out FOLDER/o",
        "fit --embeddings PLACE --out FOLDER/d",
        "score --input FOLDER/in --detector PLACE --out FOLDER/s",
        "pack --input PLACE --out FOLDER/p",
        "run --conf FOLDER/in.conf",
        "run --conf FOLDER/out.conf",
        "--verbose embed --input PLACE --model FOLDER/model --out FOLDER/o",
      })
  void aPathWithAPasswordIsRefusedAndNotRepeated(String command) throws IOException {
    CommandCall call =
        CommandCall.of(
            Stream.of(command.split(" ", -1))
                .map(word -> word.replace("PLACE", PLACE).replace("FOLDER", folder.toString()))
                .toList());

    assertThat(call.exitCode()).as(call.errors()).isEqualTo(2);
    assertThat(call.errors())
        .contains("s3a://***@bucket/x")
        .contains("holds a password or key")
        .doesNotContain(SECRET);
    assertThat(call.output()).doesNotContain(SECRET);
    assertNothingKept();
  }

  @Test
  void theKeysOfAStoreAreNotKept() throws IOException {
    Configuration hadoop = SparkSessions.local().sparkContext().hadoopConfiguration();
    List<String> names = List.of("fs.s3a.secret.key", "fs.s3a.access.key", "fs.s3a.session.token");
    names.forEach(name -> hadoop.set(name, SECRET));
    try {
      Files.writeString(
          folder.resolve("good.conf"),
          Files.readString(folder.resolve("in.conf")).replace(PLACE, folder + "/in"));
      CommandCall call = CommandCall.of("run", "--conf", folder.resolve("good.conf").toString());

      assertThat(call.exitCode()).as(call.errors()).isZero();
      assertThat(call.output() + call.errors()).doesNotContain(SECRET);
      assertNothingKept();
    } finally {
      names.forEach(hadoop::unset);
    }
  }
}
