package org.dn2.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {
  private static final String GOOD =
      "{\"name\": \"a\", \"k\": 2, \"size\": {\"width\": 1.5}, \"numbers\": [1, 2]}";

  enum Color {
    RED,
    BLUE
  }

  record Size(@JsonProperty(required = true) double width) {}

  record Thing(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) int k,
      @JsonProperty(required = true) Size size,
      List<Double> numbers,
      Color color) {
    Thing {
      if (k < 1) {
        throw new UserDataException("k is " + k + "; it must be 1 or more.");
      }
    }
  }

  @Test
  void fillsARecordAndPassesOverWhatItDoesNotKnow() {
    assertThat(JsonText.of(GOOD.replace("{\"width", "{\"more\": 1, \"width"), "f").as(Thing.class))
        .isEqualTo(new Thing("a", 2, new Size(1.5), List.of(1.0, 2.0), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          "name": "a",    |                     | f: the field name is missing; it must be text.
          "a"             | null                | f: the field name is null; it must be text.
          "a"             | 7                   | f: the field name is 7; it must be text.
          "k": 2          | "k": "2"            | f: the field k is "2"; it must be a whole number below 2147483648.
          "k": 2          | "k": 2.5            | f: the field k is 2.5; it must be a whole number below 2147483648.
          "k": 2          | "k": 3000000000     | f: the field k is 3000000000; it must be a whole number below 2147483648.
          "k": 2          | "k": 0              | f: k is 0; it must be 1 or more.
          "width": 1.5    |                     | f: the field size.width is missing; it must be a number.
          "width": 1.5    | "width": []         | f: the field size.width is []; it must be a number.
          {"width": 1.5}  | []                  | f: the field size is []; it must be an object, {...}.
          [1, 2]          | [1, null]           | f: the field numbers[1] is null; it must be a number.
          [1, 2]          | {}                  | f: the field numbers is {}; it must be a list, [...].
          [1, 2]          | [], "color": "x"    | f: the field color is "x"; it must be one of RED, BLUE.
          [1, 2]          | [], "color": 1      | f: the field color is 1; it must be one of RED, BLUE.
          """)
  void namesTheFieldThatIsWrong(String given, String other, String message) {
    String text = GOOD.replace(given, other == null ? "" : other);
    assertThatThrownBy(() -> JsonText.of(text, "f").as(Thing.class))
        .isInstanceOf(UserDataException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          []     | f is []; it must be an object, {...}.
          null   | f is null; it must be an object, {...}.
          "x"    | f is "x"; it must be an object, {...}.
          ~~     | f is empty; it must be an object, {...}.
          {"a":  | f is not JSON (line 1, column 6).
          {} {}  | f is not JSON (line 1, column 4).
          """)
  void refusesWhatIsNoObject(String text, String message) {
    assertThatThrownBy(() -> JsonText.of(text, "f"))
        .isInstanceOf(UserDataException.class)
        .hasMessage(message);
  }

  @Test
  void refusesWhatIsNestedTooDeeply() {
    String text = "[".repeat(100_000);
    assertThatThrownBy(() -> JsonText.of("{\"a\":" + text, "f"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("nested too deeply");
  }

  @Test
  void readsFieldsByKind() {
    JsonText text = JsonText.of(GOOD, "f");
    assertThat(text.text("name")).isEqualTo("a");
    assertThat(text.count("k")).isEqualTo(2);
    assertThat(text.object("size").tree().path("width").asDouble()).isEqualTo(1.5);
    assertThatThrownBy(() -> text.object("size").text("width"))
        .hasMessage("f: the field size.width is 1.5; it must be text.");
    assertThatThrownBy(() -> text.objects("numbers"))
        .hasMessage("f: the field numbers[0] is 1; it must be an object, {...}.");
    assertThatThrownBy(() -> text.count("name"))
        .hasMessage("f: the field name is \"a\"; it must be a whole number, 0 or more.");
  }
}
