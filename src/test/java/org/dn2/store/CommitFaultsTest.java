package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.dn2.testing.Faults;
import org.dn2.testing.FaultyLocalFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call of a commit on a local disk fails once, and is once the last before the death. */
class CommitFaultsTest {
  @TempDir Path folder;

  private CommitUnderFaults commit() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", FaultyLocalFiles.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    return new CommitUnderFaults(hadoop, new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  @ParameterizedTest
  @EnumSource
  void aFirstOutputIsWholeOrNotThere(Faults.Kind kind) throws IOException {
    assertThat(commit().first(kind)).hasSizeGreaterThan(8);
  }

  @ParameterizedTest
  @EnumSource
  void anOutputIsReplacedWholeOrStays(Faults.Kind kind) throws IOException {
    assertThat(commit().replacing(kind)).filteredOn(call -> call.startsWith("rename")).hasSize(4);
  }

  @Test
  void theCallsThatFailAreThoseOfTheCommit() throws IOException {
    assertThat(commit().first(Faults.Kind.THROW))
        .anyMatch(call -> call.startsWith("create _DN2_RUN"))
        .anyMatch(call -> call.startsWith("rename out"))
        .anyMatch(call -> call.startsWith("list"));
  }
}
