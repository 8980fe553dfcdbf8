package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.dn2.embedding.Embedder;
import org.dn2.image.View;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackboneFolderTest {
  @TempDir Path folder;

  @Test
  void aNameThatStandsForNothingElseIsAFolder() {
    BackboneFolder opened = Workplace.in(folder).model();
    String model = folder.resolve("model").toString();

    assertThat(BackboneFolder.named(model, null, Workplace.SPARK)).isEqualTo(opened);
    assertThatThrownBy(() -> BackboneFolder.named(folder + "/default", null, Workplace.SPARK))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no whole model in " + folder + "/default (");
  }

  @Test
  void aModelOfTwoGibibytesIsRefusedBeforeItIsRead() throws IOException {
    Workplace work = Workplace.in(folder);
    BackboneFolder opened = work.model();
    try (RandomAccessFile sparse = new RandomAccessFile(opened.torchScript().toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    assertThatThrownBy(() -> Workplace.openModel(folder.resolve("model")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has 2,147,483,648 bytes; less than 2 GiB can be loaded");
    assertThatThrownBy(
            () ->
                Embedder.broadcasting(
                    Workplace.SPARK, opened.spec(), opened.torchScript(), Workplace.embedding(4)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("less than 2 GiB");
  }

  @Test
  void viewsThatAreAskedForReplaceTheDescriptions() {
    BackboneFolder opened = Workplace.in(folder).model();
    List<View> views = List.of(View.CENTER, View.MIRROR);

    BackboneFolder named =
        BackboneFolder.named(folder.resolve("model").toString(), views, Workplace.SPARK);
    assertThat(named.spec()).isEqualTo(opened.spec().withViews(views));
    assertThat(named.torchScript()).isEqualTo(opened.torchScript());
  }
}
