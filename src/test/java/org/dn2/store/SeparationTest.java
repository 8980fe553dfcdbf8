package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeparationTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path temporary;
  private String folder;

  @BeforeEach
  void followLinks() throws IOException {
    folder = temporary.toRealPath().toString();
    Files.createDirectories(temporary.resolve("in/deep"));
    Files.createSymbolicLink(temporary.resolve("link"), temporary.resolve("in"));
    Files.createSymbolicLink(temporary.resolve("here"), temporary);
  }

  private void assertRefused(String output, String input, String message) {
    assertThatThrownBy(() -> Separation.require(HADOOP, output, null, input))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            message.replace("~", folder)
                + ". Give an output that is no input, contains none and lies in none.");
  }

  @Test
  void anOutputIsNoInputHoldsNoneAndLiesInNone() {
    assertRefused(folder + "/in", folder + "/in", "The output ~/in is the input ~/in");
    assertRefused(
        folder + "/in/",
        "file://" + folder + "/in",
        "The output ~/in/ (~/in) is the input file://~/in");
    assertRefused(folder, folder + "/in", "The output ~ contains the input ~/in");
    assertRefused(
        folder + "/in/new/out", folder + "/in", "The output ~/in/new/out lies in the input ~/in");
    assertRefused("/", folder + "/in", "The output / contains the input ~/in");
    assertRefused(
        folder + "/in/../in", folder + "/in", "The output ~/in/../in (~/in) is the input ~/in");
    String here = Path.of("").toAbsolutePath().toString();
    assertThatThrownBy(() -> Separation.require(HADOOP, ".", "photos"))
        .hasMessageStartingWith(
            "The output . (" + here + ") contains the input photos (" + here + "/photos).");
  }

  @Test
  void linksAreFollowed() {
    assertRefused(folder + "/link", folder + "/in", "The output ~/link (~/in) is the input ~/in");
    assertRefused(
        folder + "/here/in/new",
        folder + "/link",
        "The output ~/here/in/new (~/in/new) lies in the input ~/link (~/in)");
    assertRefused(
        folder + "/here",
        folder + "/in/deep",
        "The output ~/here (~) contains the input ~/in/deep");
  }

  @Test
  void placesBesideEachOtherAreApart() {
    assertThatCode(
            () -> {
              Separation.require(HADOOP, folder + "/in-out", folder + "/in", null);
              Separation.require(HADOOP, folder + "/in/deeper", folder + "/in/deep");
              Separation.require(HADOOP, "nosuchscheme://x/in", folder + "/in");
              Separation.require(HADOOP, folder + "/[in]", folder + "/in");
            })
        .doesNotThrowAnyException();
  }

  @Test
  void placesOnStoresAreComparedByTheirNames() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.plant.impl", org.dn2.testing.FaultyLocalFiles.class.getName());
    assertThatThrownBy(() -> Separation.require(hadoop, "file:/a/b", "file:///a/b/c"))
        .hasMessageContaining("The output file:/a/b contains the input file:///a/b/c.");
  }
}
