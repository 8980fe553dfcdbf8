package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchTest {
  private static final ClassLoader WITH_LIBTORCH = LibtorchTest.class.getClassLoader();

  @TempDir Path folder;

  /** The class path of a jar that was built without libtorch. */
  private static ClassLoader withoutLibtorch() throws MalformedURLException {
    List<URL> places = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(":", -1)) {
      if (!place.contains("pytorch-native")) {
        places.add(Path.of(place).toUri().toURL());
      }
    }
    return new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private Path install(String... files) throws IOException {
    Path lib = Files.createDirectories(folder.resolve("libtorch/lib"));
    for (String file : files) {
      Files.writeString(lib.resolve(file), "");
    }
    return lib;
  }

  private static Libtorch with(Map<String, String> settings) throws MalformedURLException {
    return Libtorch.found(settings::get, withoutLibtorch());
  }

  @Test
  void theJarsOwnIsTakenWhereNothingIsSet() {
    assertThat(Libtorch.found(Map.<String, String>of()::get, WITH_LIBTORCH))
        .isEqualTo(new Libtorch(null, "2.7.1", null));
  }

  @Test
  void aJarWithoutLibtorchSaysWhatToInstallAndWhatToSet() {
    assertThatThrownBy(() -> with(Map.of()))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "This jar holds no libtorch, and PYTORCH_LIBRARY_PATH is not set in this process. Install libtorch 2.7.1"
                + " for cpu or cu128 on each machine and set PYTORCH_LIBRARY_PATH to its folder lib: in the"
                + " environment of ./dn2 and of the driver, and for executors by Spark's setting"
                + " spark.executorEnv.PYTORCH_LIBRARY_PATH=/opt/libtorch/lib; or take the jar that holds it."
                + " docs/native.md says more.");
  }

  @Test
  void aFolderWithoutTheLibraryIsNamed() throws IOException {
    Path empty = install();

    assertThatThrownBy(() -> with(Map.of(Libtorch.LIBRARY_PATH, empty.toString())))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "PYTORCH_LIBRARY_PATH is %s, but there is no libtorch.so in it. Install libtorch 2.7.1"
                .formatted(empty));
  }

  @Test
  void theFirstFolderThatHasTheLibraryIsTaken() throws IOException {
    Path lib = install("libtorch.so");

    assertThat(with(Map.of(Libtorch.LIBRARY_PATH, folder + "/none:" + lib + ":" + folder)))
        .isEqualTo(new Libtorch(lib, "2.7.1", "cpu"));
    assertThat(with(Map.of(Libtorch.LIBRARY_PATH, lib.resolve("libtorch.so").toString())))
        .isEqualTo(new Libtorch(lib, "2.7.1", "cpu"));
  }

  @Test
  void anotherVersionIsRefusedBeforeItIsLoaded() throws IOException {
    Path lib = install("libtorch.so");
    Files.writeString(folder.resolve("libtorch/build-version"), "2.6.0+cu124\n");

    assertThatThrownBy(() -> with(Map.of(Libtorch.LIBRARY_PATH, lib.toString())))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "The libtorch in %s is of version 2.6.0, but this jar works with 2.7.1 only. Install libtorch 2.7.1"
                .formatted(lib));
  }

  @Test
  void theVersionOfPythonsTorchIsReadToo() throws IOException {
    Path lib = install("libtorch.so");
    Files.writeString(
        folder.resolve("libtorch/version.py"), "# made\n__version__ = '1.13.1'\ndebug = False\n");

    assertThatThrownBy(() -> with(Map.of(Libtorch.LIBRARY_PATH, lib.toString())))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("is of version 1.13.1, but");
  }

  @Test
  void aLibraryForAGpuIsTakenAsWhatItIs() throws IOException {
    Path lib = install("libtorch.so", "libtorch_cuda.so");
    Map<String, String> settings = Map.of(Libtorch.LIBRARY_PATH, lib.toString());

    assertThat(with(settings).flavor()).isEqualTo("cu128");
    Files.writeString(folder.resolve("libtorch/build-version"), "2.7.1+cu128\n");
    assertThat(with(settings).flavor()).isEqualTo("cu128");
    Files.writeString(folder.resolve("libtorch/build-version"), "2.7.1+cu118\n");
    assertThatThrownBy(() -> with(settings))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "The libtorch in %s is of the flavor cu118, but this jar works with cpu and cu128. Install one of those; PYTORCH_FLAVOR names the flavor where it is not found out rightly."
                .formatted(lib));
    assertThat(
            with(Map.of(Libtorch.LIBRARY_PATH, lib.toString(), Libtorch.FLAVOR, "cu128")).flavor())
        .isEqualTo("cu128");
  }

  @Test
  void aVersionThatIsAskedForMustBeTheBindings() throws IOException {
    String lib = install("libtorch.so").toString();

    assertThat(with(Map.of(Libtorch.LIBRARY_PATH, lib, Libtorch.VERSION, "2.7.1")).version())
        .isEqualTo("2.7.1");
    for (ClassLoader classPath : List.of(WITH_LIBTORCH, withoutLibtorch())) {
      for (String version : List.of("2.5.1", "2.7.10", "2.7.1+cu128")) {
        assertThatThrownBy(
                () ->
                    Libtorch.found(
                        Map.of(Libtorch.LIBRARY_PATH, lib, Libtorch.VERSION, version)::get,
                        classPath))
            .isInstanceOf(UserDataException.class)
            .hasMessage(
                "PYTORCH_VERSION is %s, but this jar works with libtorch 2.7.1 only. Install that one and set PYTORCH_VERSION to 2.7.1, or to nothing."
                    .formatted(version));
      }
    }
  }

  @Test
  void thereAreBindingsForEachFlavor() {
    for (String flavor : Libtorch.FLAVORS) {
      assertThat(WITH_LIBTORCH.getResource("jnilib/linux-x86_64/" + flavor + "/libdjl_torch.so"))
          .as(flavor)
          .isNotNull();
    }
  }
}
