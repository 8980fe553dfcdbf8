package org.dn2.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void aColonEndsAStoresNameBeforeASlashOnly() {
    assertThat(LiteralPath.hadoop("12:30").toUri().getPath()).isEqualTo("./12:30");
    assertThat(LiteralPath.hadoop("a/12:30/b").toString()).isEqualTo("a/12:30/b");
    assertThat(LiteralPath.hadoop("/a:b")).isEqualTo(new Path("/a:b"));
    assertThat(LiteralPath.hadoop("s3a://bucket/a:b").toUri().getScheme()).isEqualTo("s3a");
    assertThat(LiteralPath.in(new Path("/x"), "12:30").toString()).isEqualTo("/x/12:30");
    assertThatThrownBy(() -> LiteralPath.given(""))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("\"\" is no path: ");
  }

  @Test
  void whatNoPatternFindsIsRefused() {
    assertThat(LiteralPath.of("file:/a/12:30")).isEqualTo("file:/a/12:30");
    assertThat(LiteralPath.of("hdfs://host:8020/a[1]")).isEqualTo("hdfs://host:8020/a\\[1\\]");
    assertThat(LiteralPath.of("file:/a[1]")).isEqualTo("file:/a\\[1\\]");
    assertThat(LiteralPath.of("/a[1]")).isEqualTo("/a\\[1\\]");
    for (String path :
        new String[] {"file:/12:30/[1]", "/[1]/12:30", "hdfs://host:8020/[1] 12:30"}) {
      assertThatThrownBy(() -> LiteralPath.of(path))
          .isInstanceOf(UserDataException.class)
          .hasMessageStartingWith(
              "The path " + path + " has a colon and one of []{}*?\\ in its names");
    }
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
