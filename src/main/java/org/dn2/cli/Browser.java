package org.dn2.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** The browser of the person who runs a command. */
final class Browser {
  /** What desktops of Linux open files by. */
  private static final String OPENER = "xdg-open";

  private static final int SECONDS = 10;

  private Browser() {}

  /** Opens a file in it, or says why not: there may be no desktop. */
  static void open(String file, PrintWriter out) {
    try {
      Process opener =
          new ProcessBuilder(OPENER, file)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (opener.waitFor(SECONDS, TimeUnit.SECONDS) && opener.exitValue() != 0) {
        out.println("No browser could be opened by " + OPENER + ".");
      }
    } catch (IOException e) {
      out.println("No browser could be opened: there is no " + OPENER + " here.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    out.flush();
  }
}
