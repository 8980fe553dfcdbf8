package org.dn2.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.assertj.core.api.SoftAssertions;

/** Gives a command one wrong place after another, and looks at what it says and does. */
final class Walk {
  /** What a message must not show of the program. */
  private static final Pattern INSIDES =
      Pattern.compile(
          "\\tat |\\w+Exception|\\w+Error\\b|\\b(javax?|org|com|scala)\\.[a-z.]*[A-Z]|`[A-Z]\\w+`");

  private final GoodPlaces good;

  Walk(GoodPlaces good) {
    this.good = good;
  }

  /** Each must be refused as the user's mistake. */
  void refuses(String command, Map<String, WrongPlaces.Maker> wrong) throws IOException {
    each(command, wrong, List.of(ExitCode.USER_DATA));
  }

  /** Each must be refused as the user's mistake, or do no harm. */
  void refusesOrTakes(String command, Map<String, WrongPlaces.Maker> wrong) throws IOException {
    each(command, wrong, List.of(ExitCode.USER_DATA, ExitCode.DONE));
  }

  private void each(String command, Map<String, WrongPlaces.Maker> wrong, List<Integer> exitCodes)
      throws IOException {
    SoftAssertions soft = new SoftAssertions();
    for (Map.Entry<String, WrongPlaces.Maker> each : wrong.entrySet()) {
      Path scene = Files.createDirectory(good.at("scene"));
      Path given = each.getValue().make(scene.resolve("given"));
      Map<String, String> before = files();
      CommandCall call = CommandCall.of(good.arguments(command, given));
      String what = "%s; X is %s: %s".formatted(command, each.getKey(), call.errors());
      soft.assertThat(exitCodes).as("exit code of " + what).contains(call.exitCode());
      if (call.exitCode() != ExitCode.DONE) {
        soft.assertThat(call.errors())
            .as(what)
            .startsWith("dn2: ")
            .contains(given.toString())
            .doesNotContainPattern(INSIDES);
        soft.assertThat(files()).as("files after " + what).isEqualTo(before);
      }
      FileUtils.deleteDirectory(scene.toFile());
      removeOutputs();
    }
    soft.assertAll();
  }

  /** All that is there, with what tells whether it is the same. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(good.home())) {
      for (Path path : paths.filter(path -> !Files.isDirectory(path)).toList()) {
        files.put(
            path.toString(),
            Files.isSymbolicLink(path)
                ? "link"
                : Files.size(path) + " bytes of " + Files.getLastModifiedTime(path));
      }
    }
    return files;
  }

  private void removeOutputs() throws IOException {
    try (Stream<Path> entries = Files.list(good.home())) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().matches("\\.?out.*")) {
          FileUtils.forceDelete(entry.toFile());
        }
      }
    }
  }
}
