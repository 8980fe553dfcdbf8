package org.dn2.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dn2.image.ImageInput;

/** What a summary of embeddings says of the table or manifest that lists the images. */
final class EmbeddedInput {
  private static final String LISTED_BY = "listed_by";
  private static final String PATH = "path";
  private static final String FORMAT = "format";
  private static final String GLOB = "glob";
  private static final String MANIFEST_ROOT = "manifest_root";
  private static final String ALLOWED_ROOTS = "allowed_roots";

  private EmbeddedInput() {}

  /** Says it. */
  static void put(ImageInput input, ObjectNode summary) {
    ObjectNode read = summary.putObject(LISTED_BY);
    read.put(PATH, input.path());
    read.put(FORMAT, input.format().name().toLowerCase(Locale.ROOT));
    read.put(GLOB, input.glob());
    read.put(MANIFEST_ROOT, input.manifestRoot());
    ArrayNode roots = read.putArray(ALLOWED_ROOTS);
    input.allowedRoots().forEach(roots::add);
  }

  /** The input with all that it has, whatever was chosen of it; null where none is said. */
  static ImageInput of(JsonNode summary) {
    JsonNode read = summary.path(LISTED_BY);
    if (read.isMissingNode()) {
      return null;
    }
    List<String> roots = new ArrayList<>();
    read.path(ALLOWED_ROOTS).forEach(root -> roots.add(root.asText()));
    return new ImageInput(
        read.path(PATH).asText(),
        ImageInput.Format.valueOf(
            read.path(FORMAT).asText(ImageInput.Format.AUTO.name()).toUpperCase(Locale.ROOT)),
        null,
        null,
        null,
        List.of(),
        read.path(GLOB).textValue(),
        read.path(MANIFEST_ROOT).textValue(),
        roots,
        null);
  }
}
