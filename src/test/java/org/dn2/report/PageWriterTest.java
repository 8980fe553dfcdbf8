package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PageWriterTest {
  private static final String NASTY = "<script>alert(1)</script> a|b *c*";

  private static Page page() {
    return new Page(
        "Title",
        List.of("fact " + NASTY),
        List.of(
            new Page.Section(
                NASTY,
                List.of("text"),
                List.of("normal", "DN2"),
                List.of(List.of(NASTY, "97.83"), List.of("average", "97.83")),
                List.of(new Page.Picture("plot.png", NASTY, new byte[] {1, 2})))));
  }

  @Test
  void namesNeverBecomeMarkup() {
    String html = PageWriter.html(page());
    assertThat(html)
        .doesNotContain("<script>")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt; a|b *c*")
        .contains("<td>97.83</td>")
        .contains("data:image/png;base64,AQI=");
    String markdown = PageWriter.markdown(page());
    assertThat(markdown)
        .contains("| \\<script\\>alert(1)\\</script\\> a\\|b \\*c\\* | 97.83 |")
        .contains("](plot.png)")
        .contains("| --- | --- |");
  }

  @Test
  void aTableHasNoRaggedRow() {
    assertThatThrownBy(
            () ->
                new Page.Section(
                    "heading",
                    List.of(),
                    List.of("normal", "DN2"),
                    List.of(List.of("cat")),
                    List.of()))
        .hasMessage("the row [cat] of heading has 1 cells, the table 2 columns");
  }

  @Test
  void plotsArePictures() throws IOException {
    byte[] lines = Plots.lines("k", Map.of("kNN", new TreeMap<>(Map.of(1.0, 90.0, 2.0, 91.5))));
    assertThat(ImageIO.read(new ByteArrayInputStream(lines)).getWidth()).isEqualTo(800);
    byte[] bars = Plots.bars(List.of("cat", "dog"), Map.of("DN2", List.of(40.0, 95.0)));
    assertThat(ImageIO.read(new ByteArrayInputStream(bars))).isNotNull();
    byte[] points = Plots.scatter(Map.of("normal", new double[][] {{1, 2}, {3, 4}}));
    assertThat(ImageIO.read(new ByteArrayInputStream(points))).isNotNull();
  }
}
