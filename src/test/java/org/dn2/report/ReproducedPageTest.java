package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReproducedPageTest {
  private final String html = ReproducedPage.html(SampleReproduced.of());

  @Test
  void namesNeverBecomeMarkup() throws IOException {
    assertThat(html)
        .doesNotContain("<img src=x")
        .doesNotContain("<script>alert")
        .contains("<th scope=\"row\">&lt;img src=x onerror=");
    Matcher data =
        Pattern.compile("<script type=\"application/json\" id=\"reproduced\">([^<]*)</script>")
            .matcher(html);
    assertThat(data.find()).isTrue();
    assertThat(new ObjectMapper().readTree(data.group(1)).findValuesAsText("dataset"))
        .contains(SampleFindings.MARKUP);
    assertThat(html.replaceAll("(?s)<(script|style)>.*?</\\1>", ""))
        .doesNotContainPattern("\\son\\w+=\"")
        .doesNotContain(" style=");
  }

  @Test
  void figuresAreThereWithoutScripts() {
    assertThat(html.replaceAll("\\s+", " "))
        .contains("<td>91.00 <small>90.70 to 91.30</small></td>")
        .contains("<td class=\"difference\">-1.50</td>")
        .contains("<td class=\"difference\">not measured here</td>")
        .contains("<td class=\"published\">92.5</td>")
        .contains("flowers102 <span class=\"badge\">not measured here</span>");
  }

  @Test
  void theTextHasWhatWasMeasuredAndNamesWhatWasNot() {
    assertThat(ReproducedText.markdown(SampleReproduced.of()))
        .startsWith("# The paper's experiments, measured again\n\n1 of 2 was measured here.\n")
        .contains("| normal | DN2, log-l2 | DN2, none | difference | DN2 (published) |")
        .contains("| average | 91.00 (90.70 to 91.30) | 80.00 | -1.50 | 92.5 | 70.0 |")
        .contains("| \\<img src=x onerror=")
        .contains("## Not measured\n\n- \\<img src=x")
        .doesNotContain("## flowers102")
        .doesNotContain("\u0007");
  }
}
