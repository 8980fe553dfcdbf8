package org.dn2.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunJob;
import org.dn2.pipeline.ScoreJob;
import org.dn2.pipeline.Sessions;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dn2 demo}. */
@Command(
    name = "demo",
    description = {
      "Find the strange images among 370 small pictures of clothes, sneakers being normal.",
      "Runs conf/demo.conf on the sample in src/demo; repeated, it replaces its own output."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String HOME = "DN2_HOME";
  private static final RunId RUN = new RunId("demo");

  @Spec private CommandSpec spec;
  @Mixin private FastBackboneOption backbone;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    RunConfig config = RunConfig.read(configuration()).withModel(backbone.model(out));
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      RunJob.Result result =
          new RunJob(spark)
              .run(
                  new RunJob.Settings(
                      config,
                      BackboneFolder.named(config.model(), config.views(), spark),
                      null,
                      ScoreJob.OtherDates.ARE_REMOVED,
                      RUN,
                      ExistingOutput.KEEP));
      new RunSummary(result, out).print(config);
    }
    return ExitCode.DONE;
  }

  /** The demo's configuration file, in the project's folder. */
  static File configuration() {
    String home = System.getenv(HOME);
    if (home == null) {
      throw new UserDataException(
          "The demo needs the project's folder: run it as ./dn2 demo, or set " + HOME + ".");
    }
    return new File(home, "conf/demo.conf");
  }
}
