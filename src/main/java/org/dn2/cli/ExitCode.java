package org.dn2.cli;

/** What the process's exit code says. */
final class ExitCode {
  static final int DONE = 0;
  static final int USAGE = 1;
  static final int USER_DATA = 2;
  static final int INTERNAL = 3;

  private ExitCode() {}
}
