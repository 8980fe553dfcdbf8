package org.dn2.report;

/** Writes the paper's experiments, measured again, as one HTML file. */
public final class ReproducedPage {
  private ReproducedPage() {}

  /** The page. Whatever a name or a label holds, it stays text. */
  public static String html(Reproduced reproduced) {
    return HtmlFile.of("reproduced", reproduced);
  }
}
