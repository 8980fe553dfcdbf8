package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.testing.GeneratedPart;
import org.junit.jupiter.api.Test;

/** The list of decisions, made of their own headings. */
class DecisionsPageTest {
  private static final Path FOLDER = Path.of("docs/decisions");

  @Test
  void theListHasEachOnce() throws IOException {
    StringBuilder list = new StringBuilder();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(file -> !file.endsWith("README.md")).sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        String name = file.getFileName().toString();
        assertThat(name).matches("\\d{4}-[a-z0-9-]+\\.md");
        assertThat(lines.get(0)).as(name).startsWith("# ");
        list.append("- [%s](%s)\n".formatted(lines.get(0).substring(2), name));
      }
    }
    GeneratedPart.check(FOLDER.resolve("README.md"), "decisions", list.toString(), getClass());
  }
}
