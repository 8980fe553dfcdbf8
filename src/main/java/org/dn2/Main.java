package org.dn2;

import org.dn2.cli.Dn2Command;
import org.dn2.cli.Stopping;

/** Runs the command line, by itself or under spark-submit. */
public final class Main {
  private static final int DIED = -1;

  private Main() {}

  /**
   * Runs one command. A failure ends the process with its exit code; success returns, because a
   * YARN container takes any call of {@link System#exit} for an early death of the driver.
   */
  public static void main(String[] args) {
    Stopping stopping = Stopping.install();
    int exitCode = DIED;
    try {
      exitCode = Dn2Command.newCommandLine(stopping).execute(args);
    } finally {
      stopping.ended(exitCode);
    }
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
