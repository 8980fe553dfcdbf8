package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFuzzTest {
  private static final long SEED = 20261126;
  private static final int ROUNDS = 3000;

  private static final String VALID =
      """
      dn2 {
        output = out/x, scores = "s c", model = default   # a comment
        batch-size = 16, max-reject-fraction = 0.1, views = [center, mirror]
        train { path = /data/line-7/normal, label-pattern = "([^/]+)/[^/]+$", labels = [a, b] }
        test.path = ${HOME}"/new"
        fit { k = 2, distance = cosine, centers = 5, clean = 0.3, clean-k = 7, seed = 3 }
        search = "lists:3"
        evaluate.normal-labels = [good]   // the end
      }
      """;

  private static final List<String> PIECES =
      List.of(
          "\"",
          "\"\"\"",
          "{",
          "}",
          "[",
          "]",
          "//",
          "#",
          "${",
          "${?X}",
          "=",
          ":",
          ",",
          "\n",
          "null",
          "1.5",
          "-1",
          "1e400",
          "NaN",
          "include \"x\"",
          "\\",
          "\\u12",
          "\u0000",
          "ü",
          "dn2",
          ".",
          "fit",
          "true",
          "99999999999999999999");

  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder(VALID);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        default -> text.insert(random.nextInt(text.length()), text.substring(at, end));
      }
    }
    return text.toString();
  }

  @Test
  void anyTextIsReadOrRefusedInAMessage(@TempDir Path folder) throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    Path file = folder.resolve("run.conf");
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = mutated(random);
      Files.writeString(file, text);
      read +=
          Assertions.assertTimeoutPreemptively(
              Duration.ofSeconds(20), () -> isRead(file), () -> "hangs:\n" + text);
    }
    assertThat(read).isBetween(ROUNDS / 50, ROUNDS);
  }

  private static int isRead(Path file) throws IOException {
    try {
      RunConfig.read(file.toFile());
      return 1;
    } catch (UserDataException e) {
      assertThat(e.getMessage())
          .startsWith("The configuration file " + file)
          .doesNotContain("dn2-defaults.conf @");
      return 0;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("not refused in a message:\n" + Files.readString(file), e);
    }
  }
}
