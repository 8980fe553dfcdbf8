package org.dn2.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Which of a table's columns mean something. Names count without blanks around them and whatever
 * their letters' case. A name that is nearly a known one's is an error where that is missing, for
 * its column would be ignored in silence.
 */
public final class ColumnNames {
  /** Names of more letters than this may be two edits away. */
  private static final int SHORT_NAME = 5;

  private final String what;
  private final List<String> given;
  private final Map<String, Integer> positions;
  private final List<String> unknown;

  private ColumnNames(
      String what, List<String> given, Map<String, Integer> positions, List<String> unknown) {
    this.what = what;
    this.given = given;
    this.positions = positions;
    this.unknown = unknown;
  }

  /**
   * Looks at a table's header.
   *
   * @param given the names as they are written
   * @param known the names that mean something, in lower case
   * @param what the table in the user's words, for messages
   * @throws UserDataException if a name occurs twice, or is nearly a known one that is missing
   */
  public static ColumnNames of(List<String> given, Collection<String> known, String what) {
    Map<String, Integer> all = new LinkedHashMap<>();
    for (int i = 0; i < given.size(); i++) {
      String name = folded(given.get(i));
      if (!name.isEmpty() && all.put(name, i) != null) {
        throw new UserDataException(
            "%s has the column %s more than once; remove or rename all but one."
                .formatted(what, Printable.of(name)));
      }
    }
    Map<String, Integer> positions = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    all.forEach(
        (name, position) -> {
          if (known.contains(name)) {
            positions.put(name, position);
          } else {
            unknown.add(name);
          }
        });
    for (String name : unknown) {
      for (String meant : known) {
        if (!positions.containsKey(meant) && isNearly(name, meant)) {
          throw new UserDataException(
              "%s has a column %s, which is nearly %s; rename it if that is meant, or remove it."
                  .formatted(what, Printable.of(name), meant));
        }
      }
    }
    return new ColumnNames(what, List.copyOf(given), positions, List.copyOf(unknown));
  }

  /** A name without blanks around it, in lower case. */
  public static String folded(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isNearly(String name, String meant) {
    if (meant.length() == 1) {
      // Other single letters are names of their own.
      return name.length() == 2 && name.contains(meant);
    }
    int edits = LevenshteinDistance.getDefaultInstance().apply(name, meant);
    return edits <= (meant.length() > SHORT_NAME ? 2 : 1) || isTransposed(name, meant);
  }

  private static boolean isTransposed(String name, String meant) {
    if (name.length() != meant.length()) {
      return false;
    }
    for (int i = 0; i + 1 < name.length(); i++) {
      if (name.charAt(i) != meant.charAt(i)) {
        return name.charAt(i) == meant.charAt(i + 1)
            && name.charAt(i + 1) == meant.charAt(i)
            && name.substring(i + 2).equals(meant.substring(i + 2));
      }
    }
    return false;
  }

  /** The known columns that are there, in the table's order. */
  public Set<String> present() {
    return positions.keySet();
  }

  /** Where a known column is, from 0. */
  public int position(String name) {
    return positions.get(name);
  }

  /** The names of columns that mean nothing here, folded. */
  public List<String> unknown() {
    return unknown;
  }

  /**
   * Checks that columns are there.
   *
   * @throws UserDataException naming the missing columns and those that are there
   */
  public void require(String... names) {
    Tables.requireColumns(present(), given, what, names);
  }
}
