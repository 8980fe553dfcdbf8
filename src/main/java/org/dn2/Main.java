package org.dn2;

import org.dn2.cli.Dn2Command;

/** Runs the command line, by itself or under spark-submit. */
public final class Main {
  private Main() {}

  /**
   * Runs one command. A failure ends the process with its exit code; success returns, because a
   * YARN container takes any call of {@link System#exit} for an early death of the driver.
   */
  public static void main(String[] args) {
    int exitCode = Dn2Command.newCommandLine().execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
