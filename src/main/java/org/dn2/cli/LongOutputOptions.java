package org.dn2.cli;

import org.apache.spark.sql.SparkSession;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.store.UnfinishedRun;
import org.dn2.table.UserDataException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands whose work is kept in parts and can be gone on with. */
final class LongOutputOptions {
  @Mixin private OutputOptions outputOptions;

  @Option(
      names = "--resume",
      description =
          "Go on with the unfinished run of this output, whatever its id: what it has done is not"
              + " done again.")
  private boolean resume;

  /** The given run's place, or the unfinished run's. */
  Destination destination(String folder, SparkSession spark) {
    return new Destination(folder, runId(folder, spark), existing());
  }

  RunId runId(String folder, SparkSession spark) {
    if (!resume) {
      return outputOptions.runId();
    }
    if (outputOptions.isRunNamed()) {
      throw new UserDataException("Give --resume or --run-id, not both.");
    }
    return UnfinishedRun.of(folder, spark);
  }

  ExistingOutput existing() {
    return outputOptions.existing();
  }
}
