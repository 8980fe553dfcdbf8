package org.dn2.cli;

import org.dn2.pipeline.ExistingOutput;
import org.dn2.pipeline.RunId;
import picocli.CommandLine.Option;

/** Options of every command that writes a folder. */
final class OutputOptions {
  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "Names the run; repeated with the same id it replaces its own output."
              + " Default: the present time.")
  private String runId;

  @Option(names = "--overwrite", description = "Replace another run's output.")
  private boolean overwrite;

  RunId runId() {
    return RunId.orFromTime(runId);
  }

  ExistingOutput existing() {
    return overwrite ? ExistingOutput.REPLACE : ExistingOutput.KEEP;
  }
}
