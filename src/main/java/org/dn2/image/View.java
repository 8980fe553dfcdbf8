package org.dn2.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dn2.table.UserDataException;

/** What of an image enters the network; embeddings of several views are averaged. */
public enum View {
  /** The center of the resized image: the paper's (section 5). */
  @JsonProperty("center")
  CENTER,
  /** The center, left and right exchanged. */
  @JsonProperty("mirror")
  MIRROR,
  /** The whole image, both sides resized to those of the network's square. */
  @JsonProperty("whole")
  WHOLE,
  /** The whole image, left and right exchanged. */
  @JsonProperty("whole-mirror")
  WHOLE_MIRROR;

  /** The paper's. */
  public static final List<View> CENTER_ALONE = List.of(CENTER);

  /**
   * The views of some names with commas, such as {@code center,mirror}, in one order; case does not
   * matter.
   */
  public static List<View> named(String names) {
    List<View> views =
        Arrays.stream(names.split(",", -1)).map(name -> one(name.strip())).sorted().toList();
    if (views.stream().distinct().count() < views.size()) {
      throw new UserDataException("The views " + names + " are not all different.");
    }
    return views;
  }

  private static View one(String name) {
    for (View view : values()) {
      if (view.id().equals(name.toLowerCase(Locale.ROOT))) {
        return view;
      }
    }
    throw new UserDataException(
        "There is no view \"%s\"; there are %s, one or several with commas."
            .formatted(
                name, Arrays.stream(values()).map(View::id).collect(Collectors.joining(", "))));
  }

  /** The names of some views, with commas. */
  public static String ids(List<View> views) {
    return views.stream().map(View::id).collect(Collectors.joining(","));
  }

  /** The name in files and on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The way to this view's square where the center's is given. */
  public InputGeometry of(
      ResizeMode resizeMode, int resizeSize, int cropSize, Interpolation interpolation) {
    boolean isWhole = this == WHOLE || this == WHOLE_MIRROR;
    return new InputGeometry(
        isWhole ? ResizeMode.EXACT : resizeMode,
        isWhole ? cropSize : resizeSize,
        cropSize,
        interpolation,
        this == MIRROR || this == WHOLE_MIRROR ? Sides.EXCHANGED : Sides.AS_THEY_ARE);
  }

  /** Whether left and right are exchanged. */
  public enum Sides {
    AS_THEY_ARE,
    EXCHANGED
  }
}
