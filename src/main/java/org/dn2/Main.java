package org.dn2;

/** Runs the command line. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
