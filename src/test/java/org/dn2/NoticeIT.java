package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar as it is handed on. */
class NoticeIT {
  @Test
  void theJarHasTheNoticeAndTheLicenceOfTheProjectOnce() throws IOException {
    try (ZipFile jar = new ZipFile(System.getProperty("dn2.jar"))) {
      for (String name : List.of("NOTICE", "LICENSE")) {
        assertThat(jar.stream().map(ZipEntry::getName))
            .filteredOn(entry -> entry.matches("(META-INF/)?" + name + "(\\.txt|\\.md)?"))
            .containsExactly("META-INF/" + name);
        assertThat(jar.getInputStream(jar.getEntry("META-INF/" + name)).readAllBytes())
            .isEqualTo(Files.readAllBytes(Path.of(name)));
      }
    }
  }
}
