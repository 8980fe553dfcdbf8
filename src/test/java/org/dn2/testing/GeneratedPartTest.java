package org.dn2.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedPartTest {
  @TempDir Path folder;
  private Path page;

  @BeforeEach
  void writePage() throws IOException {
    assumeThat(Boolean.getBoolean("dn2.refresh")).as("SKIPPED: pages are written").isFalse();
    page = folder.resolve("page.md");
    Files.writeString(page, "# Page\n<!-- begin list: made -->\na\nb\n<!-- end list -->\nrest\n");
  }

  @Test
  void aPartThatIsAsItMustBePasses() throws IOException {
    GeneratedPart.check(page, "list", "a\nb\n", getClass());
  }

  @Test
  void aStalePartFailsWithTheFirstDifferenceAndWhatToDo() throws IOException {
    String before = Files.readString(page);
    assertThatThrownBy(() -> GeneratedPart.check(page, "list", "a\nc\n", getClass()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("page.md is stale: \"b\" should be \"c\"")
        .hasMessageContaining("mvn test -Dtest=GeneratedPartTest -Ddn2.refresh=true");
    assertThat(Files.readString(page)).isEqualTo(before);
  }

  @Test
  void aPageWithoutThePartFails() {
    assertThatThrownBy(() -> GeneratedPart.check(page, "table", "", getClass()))
        .hasMessageContaining("has no line with \"begin table\"");
  }
}
