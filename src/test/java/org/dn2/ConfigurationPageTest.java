package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dn2.testing.GeneratedPart;
import org.junit.jupiter.api.Test;

/** The page of all settings, made of {@code dn2-defaults.conf} and its comments. */
class ConfigurationPageTest {
  private static final Path DEFAULTS = Path.of("src/main/resources/dn2-defaults.conf");
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([\\w.-]+)}");

  /** A key with a value, with the settings of another and more, or with a section of its own. */
  private static final Pattern KEY =
      Pattern.compile("([\\w-]+)(?: = (?<value>.*?))??(?<opens> \\{)?");

  /**
   * One setting.
   *
   * @param value as it stands in the file, empty for a section
   * @param section whether settings below it follow
   */
  private record Setting(String path, String value, String comment, boolean section) {}

  @Test
  void thePageHasAllSettingsWithTheirDefaults() throws IOException {
    StringBuilder page = new StringBuilder();
    for (Setting setting : settings()) {
      if (!setting.path().contains(".")) {
        page.append("\n## ")
            .append(setting.path())
            .append("\n\n")
            .append(setting.comment().isEmpty() ? "" : setting.comment() + "\n\n")
            .append("| key | default | meaning |\n|---|---|---|\n");
      } else if (!setting.section() || !meaning(setting).isEmpty()) {
        page.append(
            "| `%s` | %s | %s |\n"
                .formatted(
                    setting.path().substring(setting.path().indexOf('.') + 1),
                    defaultOf(setting),
                    meaning(setting)));
      }
    }
    GeneratedPart.check(Path.of("docs/configuration.md"), "settings", page.toString(), getClass());
  }

  @Test
  void whatIsReadAsASettingIsOne() throws IOException {
    Config defaults = ConfigFactory.parseFile(DEFAULTS.toFile()).resolve();
    List<String> paths = new ArrayList<>();
    for (Setting setting : settings()) {
      assertThat(defaults.hasPathOrNull(setting.path())).as(setting.path()).isTrue();
      paths.add(setting.path());
    }
    assertThat(paths).contains("dn2.fit.k", "nightly.inbox.days-back", "dn2-input.glob");
    assertThat(paths).doesNotHaveDuplicates();
  }

  private static String defaultOf(Setting setting) {
    if (setting.section() && setting.value().isEmpty()) {
      return "";
    }
    Matcher reference = REFERENCE.matcher(setting.value());
    if (reference.matches()) {
      return "that of `" + reference.group(1) + "`";
    }
    return setting.value().equals("null") ? "none" : "`" + setting.value() + "`";
  }

  private static String meaning(Setting setting) {
    Matcher reference = REFERENCE.matcher(setting.value());
    String more = "";
    if (reference.matches() && (setting.section() || reference.group(1).equals("dn2-input"))) {
      more = "All settings of `" + reference.group(1) + "`" + (setting.section() ? ", and:" : ".");
    }
    String first = setting.comment().isEmpty() || more.isEmpty() ? "" : " ";
    return (setting.comment() + first + more).replace("|", "\\|");
  }

  private static List<Setting> settings() throws IOException {
    List<Setting> settings = new ArrayList<>();
    Deque<String> sections = new ArrayDeque<>();
    StringBuilder comment = new StringBuilder();
    for (String line : Files.readAllLines(DEFAULTS)) {
      String text = line.strip();
      if (text.startsWith("#")) {
        comment.append(comment.isEmpty() ? "" : " ").append(text.substring(1).strip());
        continue;
      }
      if (text.equals("}")) {
        sections.removeLast();
      } else if (!text.isEmpty()) {
        Matcher key = KEY.matcher(text);
        assertThat(key.matches()).as("the line \"%s\" is read", text).isTrue();
        sections.addLast(key.group(1));
        String value = key.group("value") == null ? "" : key.group("value");
        boolean opens = key.group("opens") != null;
        settings.add(new Setting(String.join(".", sections), value, comment.toString(), opens));
        if (!opens) {
          sections.removeLast();
        }
      }
      comment.setLength(0);
    }
    return settings;
  }
}
