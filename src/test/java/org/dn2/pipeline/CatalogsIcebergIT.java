package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dn2.pipeline.IcebergLake.FIRST;
import static org.dn2.pipeline.IcebergLake.SECOND;
import static org.dn2.pipeline.IcebergLake.sql;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dn2.store.RunRecord;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and catalogs of Apache Iceberg that are not as a night would make them. */
class CatalogsIcebergIT {
  @TempDir private Path folder;
  private IcebergLake lake;

  @BeforeEach
  void writeImages() throws IOException {
    lake = IcebergLake.in(folder);
  }

  @Test
  void columnsAreFoundByNameInTablesOfOlderAndNewerVersions() {
    lake.run(FIRST);
    // As an older version made it, which knew no fingerprint, file_version and run_sequence.
    for (String column : List.of("model_fingerprint", "file_version", "run_sequence")) {
      sql("ALTER TABLE %s DROP COLUMN %s".formatted(lake.table(), column));
    }
    sql("ALTER TABLE %s ADD COLUMN inspector string FIRST".formatted(lake.table()));

    RunRecord next = lake.run(SECOND);

    // What it was scored by is not known, and so it is scored again.
    assertThat(next.scored()).isEqualTo(3);
    assertThat(
            sql(
                "SELECT concat_ws(' ', image_id, run_id, run_sequence, isnull(model_fingerprint), isnull(inspector)) FROM "
                    + lake.table()
                    + " ORDER BY 1"))
        .containsExactly(
            "a/000.png 2026-11-01 true true",
            "a/000.png 2026-11-02 2 false true",
            "a/001.png 2026-11-01 true true",
            "a/001.png 2026-11-02 2 false true",
            "b/000.png 2026-11-01 true true",
            "b/000.png 2026-11-02 2 false true");
    assertThat(lake.run(SECOND).scored()).isZero();

    sql("ALTER TABLE %s DROP COLUMN score".formatted(lake.table()));
    sql("ALTER TABLE %s ADD COLUMN score string".formatted(lake.table()));
    assertThatThrownBy(() -> lake.run(SECOND))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "The table %s: the column score is of type string; it must be double."
                .formatted(lake.table()));
  }

  @Test
  void aTableOfAnotherPlantIsRefused() {
    lake.run(FIRST);
    sql("ALTER TABLE %s SET TBLPROPERTIES ('dn2.plant' = 'file:/other')".formatted(lake.table()));

    assertThatThrownBy(() -> lake.run(SECOND))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("holds the scores of file:/other, not of file:")
        .hasMessageContaining("ALTER TABLE");
  }

  @Test
  void theJdbcCatalogOfAnEmbeddedDatabaseWorksTheSame() throws IOException {
    lake = lake.by("jdbc", folder.resolve("warehouse").toString());
    lake.set(
        ".uri",
        "jdbc:h2:file:"
            + folder.resolve("catalog")
            + ";DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE");

    lake.run(FIRST);
    Files.write(lake.place().inbox().resolve("late.png"), Images.encoded("png", Color.RED, 9));
    lake.run(SECOND);
    lake.run(SECOND);

    assertThat(lake.scores()).hasSize(4);
    assertThat(lake.commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "append 2026-11-02 2026-11-02 2");
  }

  @Test
  void icebergsHadoopCatalogOnS3IsRefused() {
    lake = lake.by("hadoop", "s3a://bucket/lake");

    assertThatThrownBy(() -> lake.run(FIRST))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("Hadoop catalog on s3a://bucket/lake, which loses commits there");
  }
}
