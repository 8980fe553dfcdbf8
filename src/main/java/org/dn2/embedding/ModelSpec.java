package org.dn2.embedding;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import org.dn2.features.FeatureMap;
import org.dn2.image.InputGeometry;
import org.dn2.image.Interpolation;
import org.dn2.image.ResizeMode;
import org.dn2.image.View;
import org.dn2.json.JsonText;
import org.dn2.table.UserDataException;

/**
 * A backbone as {@code model.json} describes it; the TorchScript file lies beside it.
 *
 * @param id names the weights and the preprocessing for people; what can be compared is told by
 *     {@link ModelFingerprint}
 * @param file the TorchScript file's name in the same folder
 * @param sha256 of that file, 64 lower-case hexadecimal digits
 * @param dimension of an embedding, 1 or more
 * @param resizeMode how both sides are brought to {@code resizeSize}
 * @param resizeSize in pixels; 256 in the paper
 * @param cropSize side of the centered crop that enters the network, in pixels; 224 in the paper
 * @param mean subtracted from each channel (red, green, blue), in units of 0 to 255
 * @param standardDeviation each channel is then divided by, in units of 0 to 255, more than 0
 * @param precision of the convolutions; {@link Precision#FP32} where it is not named
 * @param interpolation of the resize; {@link Interpolation#BILINEAR} where it is not named
 * @param views of an image whose embeddings are averaged; the center alone where none is named
 * @param features the map that suits the embeddings, which fit takes where it is told no other;
 *     null in descriptions from before there were maps, which counts as {@link FeatureMap#NONE}
 * @param source where the weights come from
 * @param license of the weights
 */
public record ModelSpec(
    @JsonProperty(required = true) String id,
    @JsonProperty(required = true) String file,
    @JsonProperty(required = true) String sha256,
    @JsonProperty(required = true) int dimension,
    @JsonProperty(required = true) ResizeMode resizeMode,
    @JsonProperty(required = true) int resizeSize,
    @JsonProperty(required = true) int cropSize,
    @JsonProperty(required = true) List<Double> mean,
    @JsonProperty(required = true) List<Double> standardDeviation,
    Precision precision,
    Interpolation interpolation,
    List<View> views,
    FeatureMap features,
    String source,
    String license)
    implements Serializable {

  /** The name of the description beside a TorchScript file. */
  public static final String FILE_NAME = "model.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public ModelSpec {
    require(id != null && !id.isBlank(), "id", id, "a name");
    require(
        file != null && !file.isBlank() && !file.contains("/"), "file", file, "a plain file name");
    require(
        sha256 != null && sha256.matches("[0-9a-f]{64}"),
        "sha256",
        sha256,
        "64 hexadecimal digits");
    require(dimension >= 1, "dimension", dimension, "1 or more");
    require(cropSize >= 1, "cropSize", cropSize, "1 or more");
    require(resizeSize >= cropSize, "resizeSize", resizeSize, "cropSize or more");
    require(mean != null && mean.size() == 3, "mean", mean, "three numbers");
    require(
        standardDeviation != null
            && standardDeviation.size() == 3
            && standardDeviation.stream().allMatch(value -> value > 0),
        "standardDeviation",
        standardDeviation,
        "three numbers above 0");
    precision = precision == null ? Precision.FP32 : precision;
    interpolation = interpolation == null ? Interpolation.BILINEAR : interpolation;
    views = views == null || views.isEmpty() ? View.CENTER_ALONE : views.stream().sorted().toList();
    require(new HashSet<>(views).size() == views.size(), "views", views, "views that differ");
    mean = List.copyOf(mean);
    standardDeviation = List.copyOf(standardDeviation);
  }

  private static void require(boolean holds, String field, Object value, String allowed) {
    if (!holds) {
      throw new UserDataException(
          "The model's %s is %s; it must be %s.".formatted(field, value, allowed));
    }
  }

  /** The map that suits the embeddings. */
  public FeatureMap suitedFeatures() {
    return features == null ? FeatureMap.NONE : features;
  }

  /** The same backbone, known to be suited by a map. */
  public ModelSpec withFeatures(FeatureMap suited) {
    return with(id, sha256, views, suited);
  }

  /**
   * The same weights on other views of the images: another id, for their embeddings do not mix.
   *
   * @throws UserDataException if this one has other views than the center already
   */
  public ModelSpec withViews(List<View> given) {
    List<View> others = given.stream().sorted().toList();
    if (others.equals(views)) {
      return this;
    }
    if (!views.equals(View.CENTER_ALONE)) {
      throw new UserDataException(
          "The model %s has the views %s already. Give none for it."
              .formatted(id, View.ids(views)));
    }
    return with(id + "-" + View.ids(others).replace(',', '-'), sha256, others, features);
  }

  /** The same network in an archive of another digest. */
  public ModelSpec withSha256(String otherSha256) {
    return with(id, otherSha256, views, features);
  }

  private ModelSpec with(
      String otherId, String otherSha256, List<View> otherViews, FeatureMap otherFeatures) {
    return new ModelSpec(
        otherId,
        file,
        otherSha256,
        dimension,
        resizeMode,
        resizeSize,
        cropSize,
        mean,
        standardDeviation,
        precision,
        interpolation,
        otherViews,
        otherFeatures,
        source,
        license);
  }

  /** How an image is brought into the network's square, for each view. */
  public List<InputGeometry> geometries() {
    return views.stream()
        .map(view -> view.of(resizeMode, resizeSize, cropSize, interpolation))
        .toList();
  }

  /** Reads what {@link #toJson} wrote; unknown fields are left out. */
  public static ModelSpec fromJson(String json) {
    return fromJson(json, FILE_NAME);
  }

  /**
   * Reads what {@link #toJson} wrote; unknown fields are left out.
   *
   * @param place where it lies, for messages
   * @throws UserDataException naming the place, and the field that is wrong
   */
  public static ModelSpec fromJson(String json, String place) {
    return of(JsonText.of(json, place));
  }

  /**
   * Reads a description.
   *
   * @throws UserDataException naming the field that is wrong
   */
  public static ModelSpec of(JsonText json) {
    return json.as(ModelSpec.class);
  }

  /** The description as indented JSON. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a model description must be writable as JSON", e);
    }
  }
}
