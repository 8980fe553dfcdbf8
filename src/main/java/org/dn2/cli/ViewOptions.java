package org.dn2.cli;

import java.util.List;
import org.dn2.image.View;
import picocli.CommandLine.Option;

/** Which views of an image are embedded. */
final class ViewOptions {
  @Option(
      names = "--views",
      descriptionKey = "dn2.views",
      paramLabel = "VIEW[,VIEW...]",
      description =
          "Average the embeddings of these views of each image: center (the paper's crop), mirror (the"
              + " center, left and right exchanged), whole (all of it, in the crop's size),"
              + " whole-mirror. Each costs a pass through the network; embeddings of other views do not"
              + " mix. Default: those of model.json, which are center unless it was edited.")
  private String views;

  /** Null for those of the model's description. */
  List<View> views() {
    return UsageException.named("--views", views, View::named);
  }
}
