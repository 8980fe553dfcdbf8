package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dn2.testing.GeneratedPart;
import org.junit.jupiter.api.Test;

/** The house's map in CONTRIBUTING.md, and the diagram of docs/architecture.md. */
class ArchitecturePageTest {
  private static final Path ROOMS = Path.of("src/main/java/org/dn2");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?org\\.dn2\\.(\\w+)\\.");
  private static final Pattern DIAGRAM = Pattern.compile("(?s)```mermaid\n(.*?)```");

  private static final Pattern NODE = Pattern.compile("(\\w+)\\[\"\\w+: [^\"]+\"]");

  private static final Pattern BOX = Pattern.compile("(?s)subgraph (\\w+) (\\[.*?)\n  end");
  private static final Pattern ARROW = Pattern.compile("(\\w+) --> (\\w+)");

  /** The data's way; rooms that are not in it come last. */
  private static final List<String> ORDER =
      List.of(
          "cli",
          "pipeline",
          "ml",
          "image",
          "csv",
          "model",
          "embedding",
          "features",
          "group",
          "fit",
          "detector",
          "search",
          "neighbors",
          "score",
          "evaluation",
          "heat",
          "report",
          "store",
          "comparison",
          "datasets",
          "protocols",
          "reproduction",
          "doctor",
          "work",
          "json",
          "table");

  @Test
  void theMapHasEachRoomWithItsOwnWordsAndWhatItUses() throws IOException {
    StringBuilder map = new StringBuilder("| room | what lives there | uses |\n|---|---|---|\n");
    for (String room : rooms()) {
      map.append("| `%s` | %s | %s |\n".formatted(room, firstSentence(room), used(room)));
    }
    GeneratedPart.check(Path.of("CONTRIBUTING.md"), "map", map.toString(), getClass());
  }

  @Test
  void theDiagramHasEachRoomAndNoOther() throws IOException {
    Set<String> drawn = new TreeSet<>();
    NODE.matcher(diagram()).results().forEach(node -> drawn.add(node.group(1)));
    assertThat(drawn).containsExactlyInAnyOrderElementsOf(rooms());
  }

  @Test
  void anArrowIsAnImport() throws IOException {
    String diagram = diagram().replaceAll("\\[[^]]*]", "");
    Map<String, String> boxes = new HashMap<>();
    BOX.matcher(diagram()).results().forEach(box -> boxes.put(box.group(1), box.group(2)));
    List<MatchResult> arrows = ARROW.matcher(diagram).results().toList();
    assertThat(arrows).hasSizeGreaterThan(5);
    for (MatchResult arrow : arrows) {
      Set<String> imports = new TreeSet<>();
      for (String room : rooms(arrow.group(1), boxes)) {
        imports.addAll(imports(room));
      }
      assertThat(imports)
          .as("%s uses %s", arrow.group(1), arrow.group(2))
          .containsAll(rooms(arrow.group(2), boxes));
    }
  }

  /** Those of a box, or the one room of that name. */
  private static Set<String> rooms(String name, Map<String, String> boxes) {
    Set<String> rooms = new TreeSet<>();
    NODE.matcher(boxes.getOrDefault(name, "")).results().forEach(node -> rooms.add(node.group(1)));
    return rooms.isEmpty() ? Set.of(name) : rooms;
  }

  private static String diagram() throws IOException {
    Matcher diagram = DIAGRAM.matcher(Files.readString(Path.of("docs/architecture.md")));
    assertThat(diagram.find()).isTrue();
    return diagram.group(1);
  }

  private static List<String> rooms() throws IOException {
    try (Stream<Path> folders = Files.list(ROOMS)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted(
              Comparator.comparing(
                      (String room) -> ORDER.contains(room) ? ORDER.indexOf(room) : ORDER.size())
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  private static String firstSentence(String room) throws IOException {
    String text = Files.readString(ROOMS.resolve(room).resolve("package-info.java"));
    String words =
        text.substring(text.indexOf("/**") + 3, text.indexOf("*/"))
            .replaceAll("\\n \\* ?", " ")
            .replaceAll("\\{@link (?:[\\w.]*\\.)?(\\w+)}", "`$1`")
            .replaceAll("\\{@code ([^}]+)}", "`$1`")
            .replaceAll("\\s+", " ")
            .strip();
    int end = words.indexOf(". ");
    return end < 0 ? words : words.substring(0, end + 1);
  }

  private static String used(String room) throws IOException {
    Set<String> imports = imports(room);
    imports.remove("table");
    if (room.equals("pipeline")) {
      return "all but `cli`";
    }
    return imports.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  private static Set<String> imports(String room) throws IOException {
    Set<String> imports = new TreeSet<>();
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(ROOMS.resolve(room))) {
      files.forEach(sources::add);
    }
    for (Path source : sources) {
      IMPORT.matcher(Files.readString(source)).results().forEach(x -> imports.add(x.group(1)));
    }
    imports.remove(room);
    return imports;
  }
}
