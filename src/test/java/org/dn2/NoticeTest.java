package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dn2.testing.GeneratedPart;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** NOTICE: what is in the jar, under which licences, and with which notices of their own. */
class NoticeTest {
  private static final Path NOTICE = Path.of("NOTICE");

  private static List<LibraryInJar> libraries;

  @BeforeAll
  static void readLibraries() throws IOException {
    libraries = LibraryInJar.all();
    assumeThat(libraries)
        .as("SKIPPED: built for another libtorch than the one of the usual jar")
        .anyMatch(library -> library.artifact().equals("pytorch-native-cpu"));
  }

  @Test
  void everyLibraryStandsUnderItsLicence() throws IOException {
    Map<String, List<LibraryInJar>> byLicence = new TreeMap<>();
    for (LibraryInJar library : libraries) {
      byLicence.computeIfAbsent(library.licence(), name -> new ArrayList<>()).add(library);
    }
    StringBuilder list = new StringBuilder();
    byLicence.forEach(
        (licence, all) -> {
          list.append("\n").append(licence).append("\n");
          all.forEach(library -> list.append("  ").append(library).append("\n"));
        });
    list.append("\n");
    GeneratedPart.check(NOTICE, "libraries", list.toString(), getClass());
  }

  @Test
  void noticesOfLibrariesAreHandedOn() throws IOException {
    GeneratedPart.check(NOTICE, "notices", texts("NOTICE", ""), getClass());
  }

  @Test
  void licencesThatWantTheirTextHandedOnHaveIt() throws IOException {
    GeneratedPart.check(NOTICE, "licences", texts("LICENSE", "Apache-2.0"), getClass());
    String notice = Files.readString(NOTICE);
    String byHand = notice.substring(notice.indexOf("end licences"));
    for (LibraryInJar library : libraries) {
      String licence = library.licence();
      boolean asksForNothing = licence.equals("MIT-0") || licence.equals("Apache-2.0");
      if (!asksForNothing && library.file("LICENSE").isEmpty()) {
        assertThat(byHand).as("%s, %s", library, licence).contains(library.artifact());
      }
    }
  }

  /** Texts of libraries, each once, under the names of those that have it. */
  private static String texts(String file, String leftOut) throws IOException {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (LibraryInJar library : libraries) {
      String text = library.licence().equals(leftOut) ? "" : library.file(file);
      if (!text.isEmpty()) {
        texts.computeIfAbsent(text, name -> new ArrayList<>()).add(library.artifact());
      }
    }
    StringBuilder all = new StringBuilder();
    texts.forEach(
        (text, names) ->
            all.append("\n== ")
                .append(String.join(", ", names))
                .append("\n\n")
                .append(text)
                .append("\n"));
    return all.append("\n").toString();
  }
}
