package org.dn2.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.dn2.json.JsonText;
import org.dn2.table.OutputNames;
import org.dn2.table.UserDataException;

/**
 * What makes a folder an output: who wrote it, and which files it is made of. It is written last;
 * what it does not name does not belong to the output.
 *
 * @param runId of the run that wrote the folder
 * @param command that wrote it, such as {@code fit}; null where the marker is from before markers
 *     named it
 * @param attempt of that run, no two of which have one name; null where the marker is from before
 *     markers named it
 * @param files null where the marker is from before markers named them
 * @param replaced names of files of the output before, which may still be there
 */
record Marker(
    String runId, String command, String attempt, List<WrittenFile> files, List<String> replaced) {
  static final String FILE = OutputNames.MARKER;

  Marker {
    files = files == null ? null : List.copyOf(files);
    replaced = List.copyOf(replaced);
  }

  /**
   * The marker of a folder, or null if the folder is missing or unfinished.
   *
   * @throws IOException if that cannot be told
   * @throws UserDataException if it is no marker
   */
  static Marker of(Path folder, Configuration hadoop) throws IOException {
    byte[] content;
    try {
      content = SmallFiles.read(new Path(folder, FILE), hadoop);
    } catch (FileNotFoundException e) {
      return null;
    }
    String text = new String(content, StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      // Its writer died within it.
      return null;
    }
    String place = new Path(folder, FILE).toString();
    Marker marker =
        text.startsWith("{")
            ? parse(content, place)
            : new Marker(text, null, null, null, List.of());
    try {
      new RunId(marker.runId());
    } catch (UserDataException e) {
      throw new UserDataException("%s names no run: %s".formatted(place, e.getMessage()), e);
    }
    return marker;
  }

  /**
   * Checks whose output it is.
   *
   * @throws UserDataException if another run wrote it
   */
  void requireOf(RunId run, Path place) {
    if (!run.value().equals(runId)) {
      throw new UserDataException(
          run.isOfPlaces()
              ? "The output %s is there already, of other images. Overwrite it, or name another folder."
                  .formatted(place)
              : "The output %s is there already, written by the run %s. Overwrite it, take that run's id to repeat it, or name another folder."
                  .formatted(place, runId));
    }
  }

  private static Marker parse(byte[] json, String place) {
    JsonText marker = JsonText.of(json, place);
    JsonNode node = marker.tree();
    List<String> replaced = new ArrayList<>();
    node.path("replaced").forEach(name -> replaced.add(name.asText()));
    return new Marker(
        marker.text("run_id"),
        node.path("command").asText(null),
        node.path("attempt").asText(null),
        files(marker.objects("files")),
        replaced);
  }

  /**
   * The files that a marker or a note names.
   *
   * @throws UserDataException if one is not named, or does not lie in its folder
   */
  static List<WrittenFile> files(List<JsonText> named) {
    List<WrittenFile> files = new ArrayList<>();
    for (JsonText file : named) {
      String name = file.text("name");
      String path = file.tree().has("path") ? file.text("path") : name;
      requireWithin(file, "name", name);
      requireWithin(file, "path", path);
      files.add(new WrittenFile(name, path, file.count("bytes")));
    }
    return files;
  }

  private static void requireWithin(JsonText file, String field, String path) {
    if (!List.of(path.split("/", -1)).stream().allMatch(Marker::isName)) {
      throw file.wrong(field, "the name of a file in the folder");
    }
  }

  private static boolean isName(String name) {
    return !name.isEmpty() && !name.equals(Path.CUR_DIR) && !name.equals("..");
  }

  byte[] toJson() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", runId);
    fields.put("command", command);
    fields.put("attempt", attempt);
    fields.put("files", files.stream().map(Marker::fields).toList());
    if (!replaced.isEmpty()) {
      fields.put("replaced", replaced);
    }
    return SmallFiles.json(fields);
  }

  static Map<String, Object> fields(WrittenFile file) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", file.name());
    if (!file.path().equals(file.name())) {
      fields.put("path", file.path());
    }
    fields.put("bytes", file.bytes());
    return fields;
  }
}
