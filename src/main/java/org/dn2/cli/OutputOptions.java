package org.dn2.cli;

import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import picocli.CommandLine.Option;

/** Options of every command that writes a folder. */
final class OutputOptions {
  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "Names the run; repeated with the same id it replaces its own output, and what is kept in"
              + " parts goes on where it stopped. Default: the present time.")
  private String givenRunId;

  @Option(
      names = "--overwrite",
      description = "Replace another run's output. What dn2 did not write is never replaced.")
  private boolean overwrite;

  boolean isRunNamed() {
    return givenRunId != null;
  }

  RunId runId() {
    return RunId.orFromTime(givenRunId);
  }

  ExistingOutput existing() {
    return overwrite ? ExistingOutput.REPLACE : ExistingOutput.KEEP;
  }

  Destination destination(String folder) {
    return new Destination(folder, runId(), existing());
  }
}
