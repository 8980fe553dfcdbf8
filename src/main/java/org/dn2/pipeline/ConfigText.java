package org.dn2.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import org.dn2.table.UserDataException;

/** Mistakes in a HOCON file that its grammar passes over in silence. */
final class ConfigText {
  private static final String TRIPLE = "\"\"\"";

  /** After these a comment may begin without a blank before it. */
  private static final String ENDS = "{}[],=:\"";

  private ConfigText() {}

  /**
   * Refuses text in which a comment begins within a value: {@code /data//x} and {@code /data/#1}
   * are cut there.
   *
   * @throws UserDataException with the line
   */
  static void requireNoCutValues(String text) {
    int line = 1;
    int i = 0;
    while (i < text.length()) {
      if (text.charAt(i) == '\n') {
        line++;
        i++;
      } else if (text.startsWith(TRIPLE, i)) {
        int end = text.indexOf(TRIPLE, i + TRIPLE.length());
        int next = end < 0 ? text.length() : end + TRIPLE.length();
        line += (int) text.substring(i, next).chars().filter(c -> c == '\n').count();
        i = next;
      } else if (text.charAt(i) == '"') {
        i = afterQuoted(text, i);
      } else if (text.charAt(i) == '#' || text.startsWith("//", i)) {
        if (i > 0 && cuts(text, i)) {
          throw new UserDataException(
              ("line %d: \"%s\" begins a comment and cuts the value before it. Put the value into quotation"
                      + " marks, or a blank before the comment.")
                  .formatted(line, text.charAt(i) == '#' ? "#" : "//"));
        }
        int end = text.indexOf('\n', i);
        i = end < 0 ? text.length() : end;
      } else {
        i++;
      }
    }
  }

  private static boolean cuts(String text, int comment) {
    char before = text.charAt(comment - 1);
    if (Character.isWhitespace(before) || before == '\uFEFF') {
      return false;
    }
    int lineStart = text.lastIndexOf('\n', comment) + 1;
    boolean endsSubstitution =
        before == '}' && text.substring(lineStart, comment).lastIndexOf("${") >= 0;
    return endsSubstitution || ENDS.indexOf(before) < 0;
  }

  /** Where a quoted string that begins at a place has ended, or its line. */
  private static int afterQuoted(String text, int start) {
    int i = start + 1;
    while (i < text.length() && text.charAt(i) != '"' && text.charAt(i) != '\n') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i < text.length() && text.charAt(i) == '"' ? i + 1 : Math.min(i, text.length());
  }

  /**
   * Refuses values that hold a substitution's sign as text, because it stands in quotation marks.
   *
   * @throws UserDataException with the setting and the line
   */
  static void requireNoQuotedSubstitutions(Config given) {
    for (Map.Entry<String, ConfigValue> setting : given.entrySet()) {
      requireNone(setting.getKey(), setting.getValue());
    }
  }

  private static void requireNone(String name, ConfigValue value) {
    if (value.valueType() == ConfigValueType.LIST) {
      ((List<?>) value).forEach(element -> requireNone(name, (ConfigValue) element));
    } else if (value.valueType() == ConfigValueType.STRING
        && value.unwrapped().toString().contains("${")) {
      throw new UserDataException(
          ("line %d: %s is \"%s\", in which nothing is put in place of ${...}, for it stands in quotation"
                  + " marks. Leave them away there, as in ${HOME}\"/images\".")
              .formatted(value.origin().lineNumber(), name, value.unwrapped()));
    }
  }

  /**
   * A whole number.
   *
   * @throws UserDataException if it has a fraction, or is too large
   */
  static int whole(Config config, String path) {
    double number = config.getDouble(path);
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw new UserDataException(
          "line %d: %s is %s; it must be a whole number."
              .formatted(
                  config.getValue(path).origin().lineNumber(),
                  path,
                  config.getValue(path).unwrapped()));
    }
    return (int) number;
  }
}
