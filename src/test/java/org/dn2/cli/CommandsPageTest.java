package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dn2.testing.GeneratedPart;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The page of all commands, made of their own help. */
class CommandsPageTest {
  private static final int WIDTH = 100;

  @Test
  void thePageIsTheHelpOfAllCommands() throws IOException {
    StringBuilder page = new StringBuilder();
    append(page, Dn2Command.newCommandLine());
    GeneratedPart.check(Path.of("docs/commands.md"), "commands", page.toString(), getClass());
  }

  @Test
  void everyCommandIsOnThePage() {
    StringBuilder page = new StringBuilder();
    append(page, Dn2Command.newCommandLine());
    Dn2Command.newCommandLine()
        .getSubcommands()
        .keySet()
        .forEach(name -> assertThat(page).contains("\n## dn2 " + name + "\n"));
  }

  @Test
  void theExamplesOfTheHelpHaveOptionsThatThereAre() {
    List<String> examples = examples(Dn2Command.newCommandLine()).toList();
    CommandLine parser = Dn2Command.newCommandLine();
    assertThat(examples)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            line ->
                assertThatCode(
                        () ->
                            parser.parseArgs(ShellCommand.of(line).ofDn2().toArray(String[]::new)))
                    .as(line)
                    .doesNotThrowAnyException());
  }

  private static Stream<String> examples(CommandLine command) {
    return Stream.concat(
        Stream.of(command.getCommandSpec().usageMessage().footer())
            .map(line -> line.formatted().strip())
            .filter(line -> line.startsWith("dn2 ")),
        command.getSubcommands().values().stream().flatMap(CommandsPageTest::examples));
  }

  private static void append(StringBuilder page, CommandLine command) {
    command.setUsageHelpAutoWidth(false);
    command.setUsageHelpWidth(WIDTH);
    page.append("\n## ")
        .append(command.getCommandSpec().qualifiedName())
        .append("\n\n```text\n")
        .append(command.getUsageMessage(CommandLine.Help.Ansi.OFF).replaceAll("(?m) +$", ""))
        .append("```\n");
    Set<CommandLine> subcommands = new HashSet<>();
    for (CommandLine subcommand : command.getSubcommands().values()) {
      if (subcommands.add(subcommand)) {
        append(page, subcommand);
      }
    }
  }
}
