package org.dn2.cli;

import org.dn2.score.SearchPlan;
import picocli.CommandLine.Option;

/** How the reference set is searched, on the command line. */
final class SearchOptions {
  @Option(
      names = "--search",
      paramLabel = "PLAN",
      defaultValue = "auto",
      description =
          "broadcast: every executor holds the reference set; blocks: it is searched a block at a"
              + " time; auto: broadcast where a quarter of the heap holds it. The scores are the"
              + " same. Default: ${DEFAULT-VALUE}.")
  private SearchPlan plan;

  SearchPlan plan() {
    return plan;
  }
}
