package org.dn2.cli;

import java.io.PrintWriter;
import java.util.List;
import org.dn2.detector.Detector;
import org.dn2.pipeline.Sessions;
import org.dn2.store.Detectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dn2 detector}. */
@Command(
    name = "detector",
    description = "Show the detectors of a plant, or switch to one.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  dn2 detector list --plant s3a://plant/dn2",
      "  dn2 detector use 0a1b2c3d4e5f6071 --plant s3a://plant/dn2"
    })
final class DetectorCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name list or use.");
  }

  @Command(name = "list", description = "Print all detectors; a star marks the current one.")
  int list(@Mixin PlantOptions plant) {
    PrintWriter out = spec.commandLine().getOut();
    try (Sessions.Lent session = Sessions.start()) {
      List<Detectors.Named> all = plant.open(session.spark()).detectors().all();
      if (all.isEmpty()) {
        out.println("There are no detectors yet.");
      }
      for (Detectors.Named detector : all) {
        out.println(
            "%s %s  %s  %s"
                .formatted(
                    detector.isCurrent() ? "*" : " ",
                    detector.name(),
                    detector.description().createdAt(),
                    detector.description().inWords()));
      }
      out.flush();
    }
    return ExitCode.DONE;
  }

  @Command(name = "use", description = "Make a detector the current one, from the next night on.")
  int use(
      @Parameters(paramLabel = "ID", description = "As dn2 detector list prints it.") String id,
      @Mixin PlantOptions plant) {
    PrintWriter out = spec.commandLine().getOut();
    try (Sessions.Lent session = Sessions.start()) {
      Detector detector = plant.open(session.spark()).detectors().use(id);
      out.println("The current detector is %s: %s".formatted(id, detector.inWords()));
      out.flush();
    }
    return ExitCode.DONE;
  }
}
