package org.dn2.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/** A JSON object, whose fields are asked for by name and kind. */
public final class JsonText {
  private static final int MOST_SHOWN = 60;
  private static final String OBJECT = "an object, {...}";
  private static final String LIST = "a list, [...]";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withConfigOverride(
              List.class, list -> list.setSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL)))
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private final String what;
  private final String within;
  private final JsonNode tree;

  private JsonText(String what, String within, JsonNode tree) {
    this.what = what;
    this.within = within;
    this.tree = tree;
  }

  /**
   * Reads a file's content.
   *
   * @param what the file, for messages
   * @throws UserDataException if it is not a JSON object
   */
  public static JsonText of(byte[] content, String what) {
    return object(parse(content, what), what);
  }

  private static JsonNode parse(byte[] content, String what) {
    try {
      return JSON.readTree(content);
    } catch (StreamConstraintsException e) {
      throw new UserDataException(
          "%s is no JSON of ours: it is nested too deeply, or a name or number is too long."
              .formatted(what),
          e);
    } catch (JsonProcessingException e) {
      throw new UserDataException("%s is not JSON%s.".formatted(what, place(e)), e);
    } catch (IOException e) {
      throw new UserDataException("%s is not JSON: it is not text in UTF-8.".formatted(what), e);
    }
  }

  /** The same of text. */
  public static JsonText of(String content, String what) {
    return of(content.getBytes(StandardCharsets.UTF_8), what);
  }

  /**
   * An object that was read before.
   *
   * @param what it is, for messages
   * @throws UserDataException if it is another value
   */
  public static JsonText object(JsonNode tree, String what) {
    if (!tree.isObject()) {
      throw new UserDataException(
          "%s is %s; it must be an object, {...}."
              .formatted(what, tree.isMissingNode() ? "empty" : shown(tree)));
    }
    return new JsonText(what, "", tree);
  }

  /**
   * Reads a list of objects.
   *
   * @param what the file, for messages
   * @throws UserDataException if it is none
   */
  public static List<JsonText> list(byte[] content, String what) {
    return list(parse(content, what), what, "");
  }

  private static List<JsonText> list(JsonNode array, String what, String within) {
    List<JsonText> objects = new ArrayList<>();
    for (JsonNode element : array) {
      String field = "%s[%d]".formatted(within, objects.size());
      if (!element.isObject()) {
        throw wrong(what, field, element, OBJECT);
      }
      objects.add(new JsonText(what, field + ".", element));
    }
    return objects;
  }

  private static String place(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null
        ? ""
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }

  /** All of it. */
  public JsonNode tree() {
    return tree;
  }

  /**
   * A text.
   *
   * @throws UserDataException if the field is missing or no text
   */
  public String text(String field) {
    JsonNode value = tree.path(field);
    if (!value.isTextual()) {
      throw wrong(what, within + field, value, "text");
    }
    return value.textValue();
  }

  /**
   * A whole number of 0 or more.
   *
   * @throws UserDataException if the field is missing or no such number
   */
  public long count(String field) {
    JsonNode value = tree.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw wrong(what, within + field, value, "a whole number, 0 or more");
    }
    return value.longValue();
  }

  /**
   * An object within this one.
   *
   * @throws UserDataException if the field is missing or no object
   */
  public JsonText object(String field) {
    JsonNode value = tree.path(field);
    if (!value.isObject()) {
      throw wrong(what, within + field, value, OBJECT);
    }
    return new JsonText(what, within + field + ".", value);
  }

  /**
   * The objects of a list within this one.
   *
   * @throws UserDataException if the field is missing or no list of objects
   */
  public List<JsonText> objects(String field) {
    JsonNode value = tree.path(field);
    if (!value.isArray()) {
      throw wrong(what, within + field, value, LIST);
    }
    return list(value, what, within + field);
  }

  /**
   * An error at a field that is there.
   *
   * @param wanted what it must be
   */
  public UserDataException wrong(String field, String wanted) {
    return wrong(what, within + field, tree.path(field), wanted);
  }

  /**
   * All of it as a record. Components that are marked as required must be there and not null.
   *
   * @throws UserDataException naming the field that is missing or of another kind, or with what the
   *     record itself finds wrong
   */
  public <T extends Record> T as(Class<T> type) {
    requireFields(type, tree, within);
    try {
      return JSON.treeToValue(tree, type);
    } catch (JsonMappingException e) {
      if (e.getCause() instanceof UserDataException cause) {
        throw new UserDataException("%s: %s".formatted(what, cause.getMessage()), cause);
      }
      throw mismatch(e);
    } catch (JsonProcessingException e) {
      throw new UserDataException(
          "%s cannot be read: %s".formatted(what, e.getOriginalMessage()), e);
    }
  }

  private void requireFields(Class<?> type, JsonNode node, String prefix) {
    for (RecordComponent component : type.getRecordComponents()) {
      JsonNode value = node.path(component.getName());
      JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
      if (property != null && property.required() && (value.isMissingNode() || value.isNull())) {
        throw wrong(what, prefix + component.getName(), value, kind(component.getType()));
      }
      if (component.getType().isRecord() && value.isObject()) {
        requireFields(component.getType(), value, prefix + component.getName() + ".");
      }
    }
  }

  private UserDataException mismatch(JsonMappingException e) {
    StringBuilder path = new StringBuilder(within);
    JsonNode value = tree;
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append("[%d]".formatted(step.getIndex()));
        value = value.path(step.getIndex());
      } else {
        path.append(path.toString().equals(within) ? "" : ".").append(step.getFieldName());
        value = value.path(step.getFieldName());
      }
    }
    Class<?> type =
        e instanceof MismatchedInputException mismatch
            ? mismatch.getTargetType()
            : e.getCause() instanceof InputCoercionException number ? number.getTargetType() : null;
    String wanted = type == null ? "another value" : kind(type);
    return new UserDataException(wrong(what, path.toString(), value, wanted).getMessage(), e);
  }

  private static UserDataException wrong(String what, String field, JsonNode value, String wanted) {
    return new UserDataException(
        value.isMissingNode()
            ? "%s: the field %s is missing; it must be %s."
                .formatted(what, Printable.of(field), wanted)
            : "%s: the field %s is %s; it must be %s."
                .formatted(what, Printable.of(field), shown(value), wanted));
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return Printable.of(text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text);
  }

  private static String kind(Class<?> type) {
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number" + (type == int.class ? " below 2147483648" : "");
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == String.class) {
      return "text";
    }
    if (type.isEnum()) {
      return "one of " + names(type);
    }
    return List.class.isAssignableFrom(type) ? LIST : OBJECT;
  }

  private static String names(Class<?> type) {
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      names.add(JSON.valueToTree(constant).asText());
    }
    return String.join(", ", names);
  }
}
