package org.dn2.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The queries of docs/bi.md, as they stand there. */
final class BiPage {
  static final String DUCKDB = "duckdb";
  static final String SPARK = "spark";
  static final String ICEBERG = "iceberg";
  static final String POSTGRESQL = "postgresql";

  private static final Pattern PART =
      Pattern.compile("(?s)(?:\\A|\\n)## ([^\\n]+)\\n|```sql ?(\\w*)\\n(.*?)```");

  private BiPage() {}

  /**
   * A query.
   *
   * @param heading that it stands below
   * @param engine that it is for; empty for all
   */
  record Query(String heading, String engine, String sql) {
    boolean isFor(String name) {
      return engine.isEmpty() || engine.equals(name);
    }

    /** Its statements, for a plant. */
    List<String> statements(String plant) {
      return Arrays.stream(sql.replace("/srv/dn2", plant).split(";\\s*(\\n|$)"))
          .filter(statement -> !statement.isBlank())
          .toList();
    }
  }

  /** All of them, in their order. */
  static List<Query> queries() {
    try {
      List<Query> queries = new ArrayList<>();
      String heading = "";
      Matcher matcher = PART.matcher(Files.readString(Path.of("docs/bi.md")));
      while (matcher.find()) {
        if (matcher.group(1) != null) {
          heading = matcher.group(1);
        } else {
          queries.add(new Query(heading, matcher.group(2), matcher.group(3).strip()));
        }
      }
      return queries;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The queries below a heading that are for an engine. */
  static List<Query> below(String heading, String engine) {
    return queries().stream()
        .filter(query -> query.heading().equals(heading) && query.isFor(engine))
        .toList();
  }
}
