package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FindingsPageTest {
  private final String html = FindingsPage.html(SampleFindings.of(Set.of("nut")));

  @Test
  void namesNeverBecomeMarkup() throws Exception {
    assertThat(html)
        .doesNotContain("<img src=x")
        .doesNotContain("<script>alert")
        .contains("<th scope=\"row\">Scores</th><td>&lt;img src=x onerror=");
    Matcher data =
        Pattern.compile("<script type=\"application/json\" id=\"findings\">([^<]*)</script>")
            .matcher(html);
    assertThat(data.find()).isTrue();
    JsonNode images = new ObjectMapper().readTree(data.group(1)).path("images");
    assertThat(images.path(0).path("id").asText()).isEqualTo(SampleFindings.MARKUP);
    assertThat(images.path(1).path("id").asText()).isEqualTo(SampleFindings.CONTROL);
  }

  @Test
  void thePolicyAllowsTheScriptsAndTheStyleOfThePageAndNothingElse() throws Exception {
    Matcher policy =
        Pattern.compile("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")
            .matcher(html);
    assertThat(policy.find()).isTrue();
    String allowed = policy.group(1).replace("&#39;", "'");
    assertThat(allowed).startsWith("default-src 'none'; ").doesNotContain("unsafe", "http", "*");
    Matcher inside = Pattern.compile("(?s)<(script|style)>(.*?)</\\1>").matcher(html);
    int found = 0;
    while (inside.find()) {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(inside.group(2).getBytes(StandardCharsets.UTF_8));
      assertThat(allowed).contains("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
      found++;
    }
    assertThat(found).isEqualTo(4);
    assertThat(html.replaceAll("(?s)<(script|style)>.*?</\\1>", ""))
        .doesNotContainPattern("\\son\\w+=\"")
        .doesNotContain(" style=");
  }

  @Test
  void theLibraryOfChartsComesWithItsLicense() {
    assertThat(html).contains("Permission to use, copy, modify").contains("Mike Bostock");
  }
}
