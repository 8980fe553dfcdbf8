package org.dn2.neighbors;

/** The part of Java that multiplies matrices; it is there only where Java was started with it. */
public final class VectorModule {
  private VectorModule() {}

  /**
   * Checks that it is there.
   *
   * @throws IllegalStateException if it is not
   */
  public static void require() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new IllegalStateException(
          "Java was started without its vector module. Start it with"
              + " --add-modules=jdk.incubator.vector, as Spark's own scripts do.");
    }
  }
}
