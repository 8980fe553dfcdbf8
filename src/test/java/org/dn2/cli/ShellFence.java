package org.dn2.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A block of command lines in the documentation and what the comment directly above it says.
 *
 * @param line of its first command, from 1
 * @param runBy names of the tests that run it
 * @param notRun why it is not run; empty where it is
 */
record ShellFence(
    Path page, int line, List<String> runBy, String notRun, List<ShellCommand> commands) {
  private static final Set<String> SHELLS = Set.of("", "sh", "bash", "console", "shell");
  private static final Pattern RUN_BY = Pattern.compile("<!-- run by: (.+) -->");
  private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: (.+) -->");

  /** Those of all pages, in the order of the pages' names and then of their lines. */
  static List<ShellFence> all() throws IOException {
    List<ShellFence> fences = new ArrayList<>();
    for (Path page : pages()) {
      fences.addAll(of(page, Files.readAllLines(page)));
    }
    return fences;
  }

  /** The pages of the documentation. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")));
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** Those of one page. */
  static List<ShellFence> of(Path page, List<String> lines) {
    List<ShellFence> fences = new ArrayList<>();
    int start = -1;
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).strip();
      if (!text.startsWith("```")) {
        continue;
      }
      if (start < 0) {
        start = i;
        continue;
      }
      if (SHELLS.contains(lines.get(start).strip().substring(3))) {
        String above = start == 0 ? "" : lines.get(start - 1);
        Matcher runBy = RUN_BY.matcher(above);
        Matcher notRun = NOT_RUN.matcher(above);
        fences.add(
            new ShellFence(
                page,
                start + 2,
                runBy.find() ? List.of(runBy.group(1).split(", ", -1)) : List.of(),
                notRun.find() ? notRun.group(1) : "",
                ShellCommand.all(String.join("\n", lines.subList(start + 1, i)))));
      }
      start = -1;
    }
    return fences;
  }

  @Override
  public String toString() {
    return page + ":" + line;
  }
}
