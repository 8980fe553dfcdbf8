package org.dn2.report;

/** Writes findings as one HTML file. */
public final class FindingsPage {
  private FindingsPage() {}

  /** The page. Whatever a name or a label holds, it stays text. */
  public static String html(Findings findings) {
    return HtmlFile.of("findings", findings);
  }
}
