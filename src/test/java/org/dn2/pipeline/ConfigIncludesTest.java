package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigIncludesTest {
  private static final String WHOLE = "dn2 { output = o, train.path = i, test.path = i }\n";

  @TempDir Path folder;

  @BeforeEach
  void writeWhatIsIncluded() throws IOException {
    Files.writeString(folder.resolve("more.conf"), "dn2.fit.k = 5\n");
  }

  private RunConfig read(String include) throws IOException {
    Path file = folder.resolve("run.conf");
    Files.writeString(file, WHOLE + include.replace("%s", folder.toString()) + "\n");
    return RunConfig.read(file.toFile());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"more.conf\"",
        "include required(\"more.conf\")",
        "include file(\"%s/more.conf\")",
        "include \"more\"",
      })
  void filesAreIncluded(String include) throws IOException {
    assertThat(read(include).method().k()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include url(\"file:%s/more.conf\")",
        "include required(url(\"file:%s/more.conf\"))",
        "include \"file:%s/more.conf\"",
        "include url(\"http://127.0.0.1:1/more.conf\")",
        "include \"https://127.0.0.1:1/more.conf\"",
        "include \"jar:file:%s/more.jar!/more.conf\"",
        "include classpath(\"dn2-defaults.conf\")",
      })
  void addressesAreRefused(String include) {
    assertThatThrownBy(() -> read(include))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "The configuration file %s/run.conf cannot be used: it includes ".formatted(folder))
        .hasMessageEndingWith(
            ", but only files can be included. Copy it beside the configuration and include it by its name.");
  }

  @Test
  void anIncludedFileIncludesNoAddressEither() throws IOException {
    Files.writeString(
        folder.resolve("outer.conf"), "include url(\"file:" + folder + "/more.conf\")\n");

    assertThatThrownBy(() -> read("include \"outer.conf\""))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("it includes file:" + folder + "/more.conf, but only files can be");
  }
}
