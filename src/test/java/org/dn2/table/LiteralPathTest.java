package org.dn2.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiteralPathTest {
  @TempDir java.nio.file.Path folder;

  @Test
  void aPlainPathStaysAsItIs() {
    assertThat(LiteralPath.of("s3a://bucket/a b/c-1.csv")).isEqualTo("s3a://bucket/a b/c-1.csv");
  }

  @Test
  void whatAPatternIsMadeOfIsEscaped() {
    assertThat(LiteralPath.of("a[1]{b}*?")).isEqualTo("a\\[1\\]\\{b\\}\\*\\?");
  }

  @Test
  void aPatternFindsTheOneFileOfThatName() throws Exception {
    for (String name : new String[] {"[ab].csv", "a.csv", "{a,b}*.csv"}) {
      java.nio.file.Files.createFile(folder.resolve(name));
    }
    FileSystem files = FileSystem.getLocal(new Configuration());
    for (String name : new String[] {"[ab].csv", "{a,b}*.csv"}) {
      assertThat(files.globStatus(new Path(LiteralPath.of(folder + "/" + name))))
          .singleElement()
          .satisfies(found -> assertThat(found.getPath().getName()).isEqualTo(name));
    }
  }
}
