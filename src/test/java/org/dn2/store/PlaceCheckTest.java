package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.dn2.doctor.Finding;
import org.dn2.testing.OddStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceCheckTest {
  @TempDir private Path folder;

  private static PlaceCheck check(String path) {
    return new PlaceCheck("plant", path, new Configuration());
  }

  private PlaceCheck odd(long millisecondsAhead) {
    Configuration hadoop = new Configuration();
    hadoop.set(OddStore.IMPLEMENTATION, OddStore.class.getName());
    hadoop.setBoolean(OddStore.IMPLEMENTATION + ".disable.cache", true);
    hadoop.setLong(OddStore.AHEAD, millisecondsAhead);
    return new PlaceCheck("plant", OddStore.address(folder), hadoop);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .map(path -> folder.relativize(path).toString())
          .filter(n -> !n.isEmpty())
          .toList();
    }
  }

  @Test
  void tellsWhatIsWellOfAPlaceAndLeavesNothing() throws IOException {
    List<Finding> findings = check(folder.resolve("a/b/plant").toString()).writable();

    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).detail())
        .contains("can be written", "clock 0 s off", "of two writers at once one fails")
        .contains("tables committed by renaming", "free");
    assertThat(findings.get(0).level()).isEqualTo(Finding.Level.OK);
    assertThat(names()).isEmpty();
  }

  @Test
  void leavesWhatIsThere() throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("plant")).resolve("x"), "x");

    check(folder.resolve("plant").toString()).writable();

    assertThat(names()).containsExactlyInAnyOrder("plant", "plant/x");
  }

  @Test
  void failsBelowAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");

    assertThat(check(file + "/plant").writable())
        .containsExactly(
            Finding.fail(
                "plant",
                "%s/plant cannot be a folder: file:%s is a file".formatted(file, file),
                "Name another folder."));
    assertThat(check(file.toString()).writable().get(0).isFailure()).isTrue();
  }

  @Test
  void failsWhereTwoMayMakeTheSameFile() throws IOException {
    List<Finding> findings = odd(0).writable();

    assertThat(findings)
        .filteredOn(Finding::isFailure)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.detail()).contains("lets two writers make the same file");
              assertThat(finding.advice()).contains("If-None-Match");
            });
    assertThat(names()).isEmpty();
  }

  @Test
  void warnsOfAClockThatIsOff() {
    assertThat(odd(3_600_000).writable())
        .extracting(Finding::detail)
        .anyMatch(detail -> detail.matches("the store's clock is 3,(600|599) s ahead of this .*"));
    assertThat(odd(-120_000).writable())
        .extracting(Finding::detail)
        .anyMatch(detail -> detail.matches("the store's clock is 1(20|19) s behind this .*"));
  }

  @Test
  void readsAPlaceOrSaysWhyNot() throws IOException {
    Files.writeString(folder.resolve("x"), "x");

    assertThat(check(folder.toString()).readable("Mend it.").get(0).detail())
        .endsWith("can be read; entries: 1");
    assertThat(check(folder.resolve("x").toString()).readable("Mend it.").get(0).detail())
        .endsWith("x can be read");
    assertThat(check(folder.resolve("no").toString()).readable("Mend it."))
        .containsExactly(
            Finding.fail("plant", "there is nothing at " + folder.resolve("no"), "Mend it."));
    assertThat(check("nostore://x/y").readable("Mend it.").get(0).detail())
        .contains("No FileSystem for scheme");
    assertThat(check(Files.createDirectory(folder.resolve("e")).toString()).readable("").get(0))
        .extracting(Finding::level)
        .isEqualTo(Finding.Level.WARN);
  }
}
