package org.dn2.notebooks;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of Jupyter's notebook format 4, written as Jupyter writes it. */
final class Notebook {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode tree;

  private Notebook(ObjectNode tree) {
    this.tree = tree;
  }

  static Notebook read(Path file) throws IOException {
    return new Notebook((ObjectNode) JSON.readTree(file.toFile()));
  }

  /** The cells of code, in their order. */
  List<Cell> code() {
    List<Cell> cells = new ArrayList<>();
    for (JsonNode cell : tree.path("cells")) {
      if (cell.path("cell_type").asText().equals("code")) {
        cells.add(new Cell((ObjectNode) cell));
      }
    }
    return cells;
  }

  void write(Path file) throws IOException {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    DefaultIndenter indenter = new DefaultIndenter(" ", "\n");
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    Files.createDirectories(file.getParent());
    Files.writeString(file, JSON.writer(printer).writeValueAsString(tree) + "\n");
  }

  /** A cell of code. */
  record Cell(ObjectNode tree) {
    String source() {
      StringBuilder source = new StringBuilder();
      tree.path("source").forEach(line -> source.append(line.asText()));
      return source.toString();
    }

    /** Replaces what the cell gave. */
    void putOutputs(int number, List<Output> outputs) {
      tree.put("execution_count", number);
      ArrayNode array = tree.putArray("outputs");
      for (Output output : outputs) {
        output.addTo(array.addObject(), number);
      }
    }

    /** Of which kinds the outputs are, such as {@code stdout} or {@code image/png}. */
    List<String> kinds() {
      List<String> kinds = new ArrayList<>();
      for (JsonNode output : tree.path("outputs")) {
        if (output.has("data")) {
          output.path("data").fieldNames().forEachRemaining(kinds::add);
        } else {
          kinds.add(output.path("name").asText());
        }
      }
      return kinds;
    }
  }

  /**
   * What a cell gave.
   *
   * @param kind {@code stdout}, or the media type of a value
   * @param text the text, or the bytes in Base64
   */
  record Output(String kind, String text) {
    static final String STDOUT = "stdout";
    static final String TEXT = "text/plain";
    static final String PNG = "image/png";

    private void addTo(ObjectNode node, int number) {
      if (kind.equals(STDOUT)) {
        node.put("name", STDOUT).put("output_type", "stream");
        putLines(node.putArray("text"));
        return;
      }
      node.putObject("metadata");
      node.put("output_type", "execute_result").put("execution_count", number);
      ObjectNode data = node.putObject("data");
      if (kind.equals(TEXT)) {
        putLines(data.putArray(TEXT));
      } else {
        data.put(kind, text);
      }
    }

    private void putLines(ArrayNode lines) {
      for (String line : text.split("(?<=\n)", -1)) {
        if (!line.isEmpty()) {
          lines.add(line);
        }
      }
    }
  }
}
