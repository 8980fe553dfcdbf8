package org.dn2.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunJob;
import org.dn2.pipeline.ScoreJob;
import org.dn2.pipeline.Sessions;
import org.dn2.store.ExistingOutput;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 find}. */
@Command(
    name = "find",
    description = {
      "Show the strange images of a folder on a page, one HTML file.",
      "New images are judged by normal ones; or the images of one folder by each other, where none"
          + " is known to be normal. Broken files and near-duplicates are shown too. Repeated, it"
          + " replaces its own output, and goes on with the images that it had embedded some"
          + " minutes before it was stopped."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  dn2 find --normal photos/good --new photos/tonight",
      "  dn2 find --images photos --limit 2000 --open"
    })
final class FindCommand implements Callable<Integer> {
  /** Left out of those that judge: docs/decisions/0038. */
  private static final double STRAYS = 0.1;

  /** As Leys et al. (2013) take it: docs/decisions/0038. */
  private static final double DEVIATIONS = 2.5;

  private static final int STRANGEST = 5;

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "For the page and all else. Default: out/find-NAME, named after the folder of images.")
  private String output;

  @Option(
      names = "--limit",
      descriptionKey = "dn2-input.limit",
      paramLabel = "N",
      description =
          "At most this many images of each folder, a choice that depends on their names alone: for a"
              + " first look. Default: all.")
  private Integer limit;

  @Option(
      names = "--clean",
      paramLabel = "FRACTION",
      description =
          "Before images are judged, this fraction of those that judge is left out, the least like the"
              + " rest. Default: 0 with --normal, 0.1 with --images.")
  private Double clean;

  @Option(
      names = "--heat-maps",
      descriptionKey = "dn2.heat-maps",
      description =
          "Show where in each image of the page it differs from the ones nearest to it"
              + " (docs/heat-maps.md); takes one to two minutes more on two cores.")
  private boolean hasHeatMaps;

  @Mixin private FastBackboneOption backbone;

  @Option(names = "--open", description = "Open the page in the browser.")
  private boolean isToOpen;

  @Option(
      names = "--overwrite",
      description =
          "Replace the output of other folders. What dn2 did not write is never replaced.")
  private boolean isToOverwrite;

  /** What is judged by what. */
  static final class Source {
    @ArgGroup(exclusive = false)
    private ByNormal byNormal;

    @Option(
        names = "--images",
        required = true,
        paramLabel = "FOLDER",
        description =
            "Images of which none is known to be normal: each is judged by the others. Any Hadoop"
                + " path; a manifest or a table of images is taken too.")
    private String images;
  }

  /** New images, judged by normal ones. */
  static final class ByNormal {
    @Option(
        names = "--normal",
        required = true,
        paramLabel = "FOLDER",
        description = "Normal images; a few strays among them do little harm.")
    private String normal;

    @Option(
        names = "--new",
        required = true,
        paramLabel = "FOLDER",
        description = "The images among which strange ones are looked for.")
    private String images;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    String folder = output == null ? "out/find-" + name(judged()) : output;
    RunConfig config = RunConfig.of(settings(folder, backbone.model(out)));
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
                      RunJob.idOf(config, spark),
                      isToOverwrite ? ExistingOutput.REPLACE : ExistingOutput.KEEP));
      RunSummary summary = new RunSummary(result, out);
      summary.printStrangest(STRANGEST);
      summary.printFound(config);
      if (isToOpen) {
        Browser.open(result.page().toUri().getPath(), out);
      }
    }
    return ExitCode.DONE;
  }

  private String judged() {
    return source.byNormal == null ? source.images : source.byNormal.images;
  }

  private Map<String, Object> settings(String folder, String model) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("output", folder);
    settings.put("model", model);
    // Whatever cannot be read is on the page; it need not end the search.
    settings.put("max-reject-fraction", 1);
    settings.put("heat-maps", hasHeatMaps);
    settings.put("train.path", source.byNormal == null ? source.images : source.byNormal.normal);
    settings.put("fit.clean", clean != null ? clean : source.byNormal == null ? STRAYS : 0);
    if (limit != null) {
      settings.put("train.limit", limit);
    }
    if (source.byNormal == null) {
      settings.put("fit.threshold-deviations", DEVIATIONS);
    } else {
      settings.put("test.path", source.byNormal.images);
      if (limit != null) {
        settings.put("test.limit", limit);
      }
    }
    return settings;
  }

  /**
   * The last part of a path, of letters, digits and hyphens; what else is in it becomes a hyphen.
   */
  static String name(String path) {
    String last = new Path(path.strip().isEmpty() ? "." : path).getName();
    String plain = last.replaceAll("[^\\p{L}\\p{N}._-]+", "-").replaceAll("^[._-]+|[._-]+$", "");
    return plain.isEmpty() ? "images" : plain;
  }
}
