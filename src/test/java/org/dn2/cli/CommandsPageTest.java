package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
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
