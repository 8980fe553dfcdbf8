package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
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
  void viewsThatAreAskedForReplaceTheDescriptions() {
    BackboneFolder opened = Workplace.in(folder).model();
    List<View> views = List.of(View.CENTER, View.MIRROR);

    BackboneFolder named =
        BackboneFolder.named(folder.resolve("model").toString(), views, Workplace.SPARK);
    assertThat(named.spec()).isEqualTo(opened.spec().withViews(views));
    assertThat(named.torchScript()).isEqualTo(opened.torchScript());
  }
}
