package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Whether the documentation's command lines are ones, and what is said of who runs them. */
class DocumentedCommandsTest {
  private static final Pattern INLINE = Pattern.compile("`(?:\\./)?dn2 ([a-z][^`]*)`");
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)(?:#[^)]*)?\\)");
  private static final Pattern FILE =
      Pattern.compile("`((?:docs|submit|conf|src|notebooks-java)/[\\w./*-]+)`");

  @Test
  void everyBlockSaysWhatRunsItOrWhyNothingDoes() throws IOException {
    Map<String, Path> tests = tests();
    for (ShellFence fence : ShellFence.all()) {
      assertThat(fence.runBy().isEmpty() != fence.notRun().isEmpty())
          .as(
              "%s: directly above it <!-- run by: SomeTest --> or <!-- not run: the reason -->;"
                  + " what is no shell is ```text, ```conf or the like",
              fence)
          .isTrue();
      assertThat(tests.keySet()).as(fence.toString()).containsAll(fence.runBy());
    }
  }

  /** A test that is named must at least have the command's name in it. */
  @Test
  void aTestThatIsNamedKnowsTheCommand() throws IOException {
    Map<String, Path> tests = tests();
    for (ShellFence fence : ShellFence.all()) {
      StringBuilder sources = new StringBuilder();
      for (String test : fence.runBy()) {
        sources.append(Files.readString(tests.get(test)));
      }
      if (fence.runBy().contains(DocumentedExamplesTest.class.getSimpleName())) {
        continue;
      }
      for (ShellCommand command : fence.commands()) {
        List<String> dn2 = fence.runBy().isEmpty() ? null : command.ofDn2();
        if (dn2 != null) {
          assertThat(sources.toString().toLowerCase(Locale.ROOT))
              .as("%s: %s", fence, command)
              .contains(dn2.get(0));
        }
      }
    }
  }

  @Test
  void everyLineOfDn2HasOptionsThatThereAre() throws IOException {
    CommandLine parser = Dn2Command.newCommandLine();
    int lines = 0;
    for (ShellFence fence : ShellFence.all()) {
      for (ShellCommand command : fence.commands()) {
        List<String> dn2 = command.ofDn2();
        if (dn2 != null) {
          lines++;
          assertThatCode(() -> parser.parseArgs(dn2.toArray(String[]::new)))
              .as("%s: %s", fence, command)
              .doesNotThrowAnyException();
        }
      }
    }
    assertThat(lines).isGreaterThan(50);
  }

  @Test
  void otherProgramsAreOnesOfThisProjectOrNotRun() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    Map<String, Path> tests = tests();
    for (ShellFence fence : ShellFence.all()) {
      for (ShellCommand command : fence.commands()) {
        String program = command.program();
        String named = fence + ": " + command;
        if (program.equals("src/bench/run")) {
          assertThat(Path.of("src/bench", command.words().get(1) + ".java")).as(named).exists();
        } else if (program.equals("mvn")) {
          for (String word : command.words()) {
            if (word.startsWith("-P")) {
              assertThat(pom).as(named).contains("<id>" + word.substring(2) + "</id>");
            } else if (word.matches("-D(it\\.)?test=\\w.*") && !word.endsWith("=None")) {
              assertThat(tests)
                  .as(named)
                  .containsKeys(word.substring(word.indexOf('=') + 1).split(",", -1));
            }
          }
        } else if (command.ofDn2() == null) {
          assertThat(fence.notRun()).as(named).isNotEmpty();
        }
      }
    }
  }

  /** Such as {@code dn2 fit --clean}, in the middle of a sentence. */
  @Test
  void commandsInsideSentencesHaveOptionsThatThereAre() throws IOException {
    CommandLine parser = Dn2Command.newCommandLine();
    for (Path page : ShellFence.pages()) {
      for (MatchResult inline : INLINE.matcher(Files.readString(page)).results().toList()) {
        CommandLine command = parser;
        for (String word : inline.group(1).split("[\\s=\\[\\]|]+", -1)) {
          CommandLine subcommand = command.getSubcommands().get(word);
          if (subcommand != null) {
            command = subcommand;
          } else if (word.startsWith("--")) {
            assertThat(command.getCommandSpec().findOption(word))
                .as("%s: %s has the option %s", page, inline.group(), word)
                .isNotNull();
          }
        }
        assertThat(command.getParent() != null || inline.group(1).startsWith("bench"))
            .as("%s: %s names a command", page, inline.group())
            .isTrue();
      }
    }
  }

  @Test
  void whatPagesNameIsThere() throws IOException {
    for (Path page : ShellFence.pages()) {
      String text = Files.readString(page);
      List<Path> named = new ArrayList<>();
      LINK.matcher(text).results().forEach(x -> named.add(page.resolveSibling(x.group(1))));
      FILE.matcher(text).results().forEach(x -> named.add(Path.of(x.group(1))));
      for (Path file : named) {
        String name = file.getFileName().toString();
        if (!name.contains("*") && !name.startsWith("NNNN")) {
          assertThat(file).as("named in %s", page).exists();
        }
      }
    }
  }

  @Test
  void everyPageIsInTheIndex() throws IOException {
    String index = Files.readString(Path.of("docs/README.md"));
    try (Stream<Path> files = Files.list(Path.of("docs"))) {
      List<Path> pages =
          files
              .filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !file.endsWith("README.md"))
              .toList();
      assertThat(pages)
          .allSatisfy(page -> assertThat(index).contains("](" + page.getFileName() + ")"));
    }
  }

  private static Map<String, Path> tests() throws IOException {
    Map<String, Path> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      files
          .filter(file -> file.toString().matches(".*(Test|IT)\\.java"))
          .forEach(file -> tests.put(file.getFileName().toString().replace(".java", ""), file));
    }
    return tests;
  }
}
