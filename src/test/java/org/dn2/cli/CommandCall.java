package org.dn2.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command of dn2 said in this process, in the session of all tests.
 *
 * @param errors what it printed on standard error, the log left out
 */
record CommandCall(int exitCode, String output, String errors) {
  static CommandCall of(String... arguments) {
    return of(List.of(arguments));
  }

  static CommandCall of(List<String> arguments) {
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    CommandLine dn2 = Dn2Command.newCommandLine();
    dn2.setOut(new PrintWriter(output, true));
    dn2.setErr(new PrintWriter(errors, true));
    int exitCode = dn2.execute(arguments.toArray(String[]::new));
    return new CommandCall(exitCode, output.toString(), errors.toString());
  }
}
