package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.io.FileUtils;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The command lines of the documentation that name this test, run as they stand there, in their
 * order, on small images and by a small backbone. Only places are others: they lie below a folder
 * of the test. A page of recipes has several for one output, so that what is there is removed
 * before each; the tutorial is a way on which nothing is removed.
 */
class DocumentedExamplesTest {
  private static final Set<String> PLACES = Set.of("FOLDER", "PATH", "FILE", "DIR", "TABLE");

  private static final Path TUTORIAL = Path.of("docs/tutorial.md");

  @TempDir static Path home;

  @BeforeAll
  static void writeImages() throws IOException {
    TinyBackbone.writeWithStages(home.resolve("model"), 1);
    Images.writeFolder(home.resolve("photos/good"), 14, Color.RED, 1);
    Images.writeFolder(home.resolve("photos/tonight"), 12, Color.RED, 100);
    Images.writeFolder(home.resolve("photos/tonight/strays"), 1, Color.BLUE, 200);
    Files.writeString(home.resolve("photos/tonight/broken.jpg"), "no picture");
    Images.writeFolder(home.resolve("data/normal/day"), 14, Color.RED, 1);
    Images.writeFolder(home.resolve("data/new"), 5, Color.BLUE, 300);
    Images.writeFolder(home.resolve("data/labeled/good"), 5, Color.RED, 400);
    Images.writeFolder(home.resolve("data/labeled/scratch"), 4, Color.BLUE, 500);
    Images.writeFolder(home.resolve("data/sets/one"), 3, Color.RED, 600);
    Images.writeFolder(home.resolve("data/sets/two"), 3, Color.RED, 700);
    Images.writeFolder(home.resolve("data/sets/three"), 3, Color.RED, 800);
    Images.writeFolder(home.resolve("srv/dn2/normal"), 8, Color.RED, 1);
    Images.writeFolder(home.resolve("srv/dn2/inbox/2026-11-23"), 3, Color.BLUE, 900);
    run("./dn2 embed --input /data/normal --out out/mixed");
    run("./dn2 embed --input /data/sets --group-pattern ([^/]+)/ --out out/sets");
  }

  @TestFactory
  List<DynamicTest> everyLineEndsWell() throws IOException {
    List<DynamicTest> lines = new ArrayList<>();
    List<DynamicTest> tutorial = new ArrayList<>();
    for (ShellFence fence : ShellFence.all()) {
      boolean isTutorial = fence.page().equals(TUTORIAL);
      if (fence.runBy().contains(getClass().getSimpleName())) {
        for (ShellCommand command : fence.commands()) {
          (isTutorial ? tutorial : lines)
              .add(
                  DynamicTest.dynamicTest(
                      fence + " " + command, () -> run(here(command, isTutorial))));
        }
      }
    }
    // In an empty folder of outputs, as a reader of the tutorial begins.
    lines.add(
        DynamicTest.dynamicTest(
            "the tutorial begins", () -> FileUtils.deleteDirectory(home.resolve("out").toFile())));
    lines.addAll(tutorial);
    return lines;
  }

  @Test
  void theTutorialIsAmongThem() throws IOException {
    assertThat(ShellFence.all())
        .filteredOn(fence -> fence.page().endsWith("tutorial.md"))
        .hasSizeGreaterThan(3)
        .filteredOn(fence -> fence.notRun().isEmpty())
        .filteredOn(fence -> !fence.runBy().equals(List.of("SubmitScriptsTest")))
        .allSatisfy(fence -> assertThat(fence.runBy()).containsExactly(getClass().getSimpleName()));
  }

  private static void run(String line) throws IOException {
    run(here(ShellCommand.of(line), false));
  }

  private static void run(List<String> arguments) {
    CommandCall call = CommandCall.of(arguments);
    assertThat(call.exitCode()).as("%s%n%s%n%s", arguments, call.output(), call.errors()).isZero();
  }

  /**
   * The arguments with places below the test's folder.
   *
   * @param isKept whether an output that is there stays; else it is removed
   */
  private static List<String> here(ShellCommand command, boolean isKept) throws IOException {
    CommandLine.ParseResult parsed =
        Dn2Command.newCommandLine().parseArgs(command.ofDn2().toArray(String[]::new));
    List<String> arguments = new ArrayList<>();
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
      arguments.add(parsed.commandSpec().name());
    }
    for (ArgSpec argument : parsed.matchedArgs()) {
      String option = argument.isOption() ? ((OptionSpec) argument).longestName() : "";
      if (argument.typeInfo().isBoolean()) {
        arguments.add(option);
        continue;
      }
      for (String word : argument.originalStringValues()) {
        String value = word;
        if (option.equals("--conf")) {
          value = configuration(word, command.environment()).toString();
        } else if (PLACES.contains(argument.paramLabel()) && !word.startsWith("src/")) {
          value = place(word).toString();
        }
        if (option.equals("--out") && !isKept && parsed.matchedOption("--run-id") == null) {
          FileUtils.deleteDirectory(Path.of(value).toFile());
        }
        arguments.add(option.isEmpty() ? value : option + "=" + value);
      }
    }
    if (lacks(parsed, "--model") && parsed.matchedOption("--precision") == null) {
      arguments.add("--model=" + home.resolve("model"));
    }
    if (parsed.commandSpec().name().equals("find") && lacks(parsed, "--out")) {
      String option = parsed.matchedOption("--images") == null ? "--new" : "--images";
      String name = FindCommand.name(parsed.matchedOption(option).getValue());
      Path found = home.resolve("out/find-" + name);
      if (!isKept) {
        FileUtils.deleteDirectory(found.toFile());
      }
      arguments.add("--out=" + found);
    }
    return arguments;
  }

  private static boolean lacks(CommandLine.ParseResult parsed, String option) {
    return parsed.commandSpec().findOption(option) != null && parsed.matchedOption(option) == null;
  }

  private static Path place(String word) {
    return home.resolve(word.startsWith("/") ? word.substring(1) : word);
  }

  /** A copy of a file of {@code conf/} with values in the place of environment variables. */
  private static Path configuration(String file, Map<String, String> environment)
      throws IOException {
    String text = Files.readString(Path.of(file));
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      String value = "\"" + place(variable.getValue()) + "\"";
      text = text.replaceAll("\\$\\{\\??" + variable.getKey() + "}", value);
    }
    text = text.replaceAll("(?m)^.*\\$\\{\\?DN2_.*$", "");
    text = text.replace("model = default", "model = \"" + home.resolve("model") + "\"");
    text = text.replace("output = \"", "output = \"" + home + "/");
    return Files.writeString(home.resolve(Path.of(file).getFileName()), text);
  }
}
