package org.dn2.cli;

import org.dn2.search.SearchPlan;
import picocli.CommandLine.Option;

/** How the reference set is searched, on the command line. */
final class SearchOptions {
  @Option(
      names = "--search",
      descriptionKey = "dn2.search",
      paramLabel = "PLAN",
      description =
          "broadcast: every executor holds the reference set; blocks: it is searched a block at a"
              + " time; auto: broadcast where a quarter of the heap holds it; lists: k-means lists,"
              + " the nearest first; all of these give the same scores. lists:N looks in the N nearest lists"
              + " only: faster, and some scores come out higher; a detector is fitted and scored with one N."
              + " Default: ${DEFAULT-VALUE}, which follows the detector.")
  private String plan;

  SearchPlan plan() {
    return UsageException.named("--search", plan, SearchPlan::named);
  }
}
