package org.dn2.work;

/** Which version of dn2 this is. */
public final class ProgramVersion {
  /** As {@code pom.xml} says it. */
  public static final String TEXT = "0.1.0";

  private ProgramVersion() {}
}
