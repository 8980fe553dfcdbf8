package org.dn2.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFuzzTest {
  private static final long SEED = 7_300_411;
  private static final List<String> KNOWN = List.of("path", "label");
  private static final List<String> ENDS = List.of("\n", "\r\n", "\r");
  private static final Configuration HADOOP = new Configuration(false);

  @TempDir private Path folder;

  private List<List<String>> read(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("list.csv"), content);
    try (CsvTable table =
        CsvTable.open("The list", new org.apache.hadoop.fs.Path(file.toUri()), KNOWN, HADOOP)) {
      List<List<String>> rows = new ArrayList<>();
      table
          .rows()
          .forEachRemaining(row -> rows.add(row.cells().stream().map(CsvCell::text).toList()));
      return rows;
    }
  }

  private static String cell(Random random) {
    StringBuilder text = new StringBuilder("c");
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(
          List.of("a", " ", "ü", "😀", ",", ";", "\t", "\"", "%20", "#").get(random.nextInt(10)));
    }
    return text.toString();
  }

  private static String written(String cell, String separator, Random random) {
    boolean needs = cell.contains(separator) || cell.contains("\"");
    return needs || random.nextInt(4) == 0 ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell;
  }

  @Test
  void whatIsWrittenByTheRulesIsReadAsItWas() throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      String separator = List.of(",", ";", "\t").get(random.nextInt(3));
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
      text.append("Path").append(separator).append(" label ").append(separator).append("note\n");
      List<List<String>> rows = new ArrayList<>();
      for (int i = random.nextInt(20); i > 0; i--) {
        List<String> row = List.of(cell(random), cell(random), cell(random));
        rows.add(row);
        text.append(
                String.join(
                    separator, row.stream().map(cell -> written(cell, separator, random)).toList()))
            .append(ENDS.get(random.nextInt(3)));
        if (random.nextInt(5) == 0) {
          text.append(separator).append(' ').append(separator).append("\n");
        }
      }
      assertThat(read(text.toString().getBytes(StandardCharsets.UTF_8)))
          .as("round %d:\n%s", round, text)
          .isEqualTo(rows);
    }
  }

  @Test
  void damageIsRefusedWithALineOrLosesNoRow() throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      int rows = 1 + random.nextInt(30);
      StringBuilder valid = new StringBuilder("path,label,x\r\n");
      for (int i = 0; i < rows; i++) {
        valid.append("i%02d.png,good,%d".formatted(i, i)).append(ENDS.get(random.nextInt(3)));
      }
      byte[] bytes = valid.toString().getBytes(StandardCharsets.UTF_8);
      int at = 14 + random.nextInt(bytes.length - 14);
      byte damage =
          (byte)
              List.of((int) '"', (int) ',', 0xFF, 0xC3, 0, (int) 'z')
                  .get(random.nextInt(6))
                  .intValue();
      boolean wasLineEnd = bytes[at] == '\n' || bytes[at] == '\r';
      bytes[at] = damage;
      try {
        List<List<String>> found =
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> read(bytes));
        assertThat(found).as("round %d, %d at %d", round, damage, at).hasSize(rows);
        assertThat(damage == 'z' || wasLineEnd || damage == ',' || damage == '"').isTrue();
      } catch (UserDataException e) {
        refused++;
        assertThat(e.getMessage()).matches("(?s)The list, line [0-9]+: .*");
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }
}
