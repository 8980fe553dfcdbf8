package org.dn2.cli;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Good folders in whose JSON one field is wrong. */
final class WrongFields {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The empty one stands for a field that is left out. */
  private static final List<String> VALUES = List.of("", "\"x\"", "-1", "[null]");

  private WrongFields() {}

  /**
   * Each of some fields with each wrong value.
   *
   * @param place the good folder
   * @param fields as JSON pointers
   */
  static Map<String, WrongPlaces.Maker> of(
      GoodPlaces good, String place, String file, String... fields) {
    Map<String, WrongPlaces.Maker> all = new LinkedHashMap<>();
    for (String field : fields) {
      for (String value : VALUES) {
        all.put(
            "%s with %s %s".formatted(file, field, value.isEmpty() ? "left out" : value),
            folder -> {
              good.copy(place, folder);
              change(folder.resolve(file), JsonPointer.valueOf(field), value);
              return folder;
            });
      }
    }
    return all;
  }

  private static void change(Path file, JsonPointer field, String value) throws IOException {
    JsonNode tree = JSON.readTree(file.toFile());
    ObjectNode parent = (ObjectNode) tree.at(field.head());
    String name = field.last().getMatchingProperty();
    if (value.isEmpty()) {
      parent.remove(name);
    } else {
      parent.set(name, JSON.readTree(value));
    }
    Files.writeString(file, tree.toString());
  }
}
