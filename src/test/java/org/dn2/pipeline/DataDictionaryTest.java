package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.types.StructField;
import org.dn2.table.ColumnWords;
import org.junit.jupiter.api.Test;

class DataDictionaryTest {
  private static final Path PAGE = Path.of("docs/tables.md");

  /** Set to have the page written. */
  private static final String REFRESH = "dn2.refresh";

  @Test
  void thePageIsWhatTheSchemasSay() throws IOException {
    if (Boolean.getBoolean(REFRESH)) {
      Files.writeString(PAGE, DataDictionary.page());
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("%s is stale: mvn test -Dtest=DataDictionaryTest -D%s=true writes it", PAGE, REFRESH)
        .isEqualTo(DataDictionary.page());
  }

  @Test
  void eachColumnHasItsMeaning() {
    for (DataDictionary.Table table : DataDictionary.TABLES) {
      for (StructField field : table.schema().fields()) {
        assertThat(ColumnWords.meaning(field)).as(table.name() + "." + field.name()).isNotBlank();
        assertThat(ColumnWords.comment(field)).startsWith(ColumnWords.meaning(field));
      }
    }
  }
}
