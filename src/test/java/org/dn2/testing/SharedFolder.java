package org.dn2.testing;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;

/** What may lie beside the project to compare with: where $DN2_SHARED points, or else ../shared. */
public final class SharedFolder {
  private SharedFolder() {}

  /** A file or folder in it; the test is skipped, and says so, where it is missing. */
  public static Path require(String name) {
    String folder = System.getenv("DN2_SHARED");
    Path path = (folder == null ? Path.of("..", "shared") : Path.of(folder)).resolve(name);
    assumeThat(path).as("SKIPPED: set DN2_SHARED to the folder that holds %s", name).exists();
    return path;
  }
}
