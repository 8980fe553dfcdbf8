package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whether a reader of the documentation gets from page to page. */
class DocumentedLinksTest {
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
  private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern PAGE = Pattern.compile("`docs/(?!decisions/NNNN)[\\w./-]+`");

  /** Their words are those of the command line, the configuration and the schemas. */
  private static final Set<Path> GENERATED =
      Set.of(
          Path.of("docs/commands.md"), Path.of("docs/configuration.md"), Path.of("docs/tables.md"));

  private static String prose(Path page) throws IOException {
    return FENCE.matcher(Files.readString(page)).replaceAll("");
  }

  @Test
  void everyLinkLeadsToAFileAndToAHeadingInIt() throws IOException {
    int links = 0;
    for (Path page : ShellFence.pages()) {
      for (MatchResult link : LINK.matcher(prose(page)).results().toList()) {
        Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        assertThat(target).as("%s links to it", page).exists();
        if (link.group(2) != null) {
          assertThat(anchors(target)).as("%s: %s", page, link.group()).contains(link.group(2));
        }
        links++;
      }
    }
    assertThat(links).isGreaterThan(150);
  }

  @Test
  void pagesAndDecisionsAreNamedByLinks() throws IOException {
    for (Path page : ShellFence.pages()) {
      if (!GENERATED.contains(page)) {
        List<String> named = PAGE.matcher(prose(page)).results().map(MatchResult::group).toList();
        assertThat(named).as("in %s; write [page.md](page.md)", page).isEmpty();
      }
    }
  }

  /** As GitHub names headings: small letters, hyphens for spaces, no other signs. */
  private static Set<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(prose(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
