package org.dn2.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.Test;

class LentCacheTest {
  private final Dataset<Row> table = Embeddings.table(List.of(Embeddings.image("a", 1, 2)));

  @Test
  void aTableIsKeptWhileItIsUsed() {
    long rows =
        LentCache.with(
            table,
            StorageLevel.DISK_ONLY(),
            lent -> {
              assertThat(lent.storageLevel()).isEqualTo(StorageLevel.DISK_ONLY());
              return lent.count();
            });
    assertThat(rows).isEqualTo(1);
    assertThat(table.storageLevel()).isEqualTo(StorageLevel.NONE());
  }

  @Test
  void aTableIsLetGoOfWhereItsUseFails() {
    assertThatThrownBy(
            () ->
                LentCache.with(
                    table,
                    StorageLevel.DISK_ONLY(),
                    lent -> {
                      throw new UserDataException("no use");
                    }))
        .hasMessage("no use");
    assertThat(table.storageLevel()).isEqualTo(StorageLevel.NONE());
  }
}
