package org.dn2.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureMap;
import org.dn2.image.Decoding;
import org.dn2.image.Interpolation;
import org.dn2.image.ResizeMode;
import org.dn2.json.JsonText;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/**
 * A column of features: MLlib's vectors, or arrays of float or double. It may say by which backbone
 * they were made.
 *
 * @param name of the column
 * @param place in the row
 */
record FeatureColumn(String name, int place) implements Serializable {
  private static final String MODEL = "dn2_model";
  private static final String DECODING = "dn2_decoding";
  private static final String UNKNOWN = "unknown";
  private static final int SHA256_DIGITS = 64;

  /** What {@link ImageEmbedder} gives. */
  static final DataType TYPE = DataTypes.createArrayType(DataTypes.FloatType, false);

  /**
   * Finds it.
   *
   * @throws UserDataException if it is missing or of another type
   */
  static FeatureColumn in(StructType schema, String name) {
    MlColumns.require(schema, name, "features", "setFeaturesCol");
    DataType type = schema.apply(name).dataType();
    boolean holdsNumbers =
        type instanceof ArrayType array
            && (array.elementType().equals(DataTypes.FloatType)
                || array.elementType().equals(DataTypes.DoubleType));
    if (!holdsNumbers && !type.equals(SQLDataTypes.VectorType())) {
      throw new UserDataException(
          "The column %s is of type %s; features are a vector, array<float> or array<double>."
              .formatted(name, type.simpleString()));
    }
    return new FeatureColumn(name, schema.fieldIndex(name));
  }

  /**
   * The numbers of a row; null where it has none.
   *
   * @param id of the row, for messages
   * @throws UserDataException if one is null or not finite
   */
  float[] of(Row row, String id) {
    float[] numbers = numbers(row, id);
    for (int i = 0; numbers != null && i < numbers.length; i++) {
      if (!Float.isFinite(numbers[i])) {
        throw new UserDataException(
            "The features in %s of the row %s hold %s; all must be finite numbers of 32 bits."
                .formatted(name, Printable.of(id), numbers[i]));
      }
    }
    return numbers;
  }

  private float[] numbers(Row row, String id) {
    Object features = row.get(place);
    if (features == null) {
      return null;
    }
    if (features instanceof Vector vector) {
      float[] numbers = new float[vector.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) vector.apply(i);
      }
      return numbers;
    }
    List<Number> list = row.getList(place);
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      Number number = list.get(i);
      if (number == null) {
        throw new UserDataException(
            "The features in %s of the row %s hold a null; all must be finite numbers of 32 bits."
                .formatted(name, Printable.of(id)));
      }
      numbers[i] = number.floatValue();
    }
    return numbers;
  }

  /** A column that says by which backbone its features are made. */
  static StructField madeBy(String name, ModelSpec model, Decoding decoding) {
    try {
      Metadata metadata =
          new MetadataBuilder()
              .putString(MODEL, model.toJson())
              .putString(DECODING, new ObjectMapper().writeValueAsString(decoding.choices()))
              .build();
      return new StructField(name, TYPE, true, metadata);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts must be writable as JSON", e);
    }
  }

  /** The backbone that made the features; null where the column does not say. */
  ModelSpec model(StructType schema) {
    Metadata metadata = schema.apply(name).metadata();
    return metadata.contains(MODEL)
        ? ModelSpec.of(JsonText.of(metadata.getString(MODEL), "What the column " + name + " says"))
        : null;
  }

  /** How files became pixels; null where the column does not say. */
  Decoding decoding(StructType schema) {
    Metadata metadata = schema.apply(name).metadata();
    if (!metadata.contains(DECODING)) {
      return null;
    }
    JsonText said = JsonText.of(metadata.getString(DECODING), "What the column " + name + " says");
    Map<String, String> choices = new TreeMap<>();
    said.tree().fieldNames().forEachRemaining(choice -> choices.put(choice, said.text(choice)));
    return Decoding.chosen(choices);
  }

  /** Stands for whatever made features that do not say it; its embeddings fit no backbone's. */
  static ModelSpec unknownModel(int dimension) {
    return new ModelSpec(
        UNKNOWN,
        UNKNOWN,
        "0".repeat(SHA256_DIGITS),
        dimension,
        ResizeMode.EXACT,
        1,
        1,
        List.of(0.0, 0.0, 0.0),
        List.of(1.0, 1.0, 1.0),
        null,
        Interpolation.BILINEAR,
        null,
        FeatureMap.NONE,
        null,
        null);
  }
}
