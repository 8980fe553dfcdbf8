package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests that name files elsewhere. */
class ManifestRootsTest {
  private static final SparkSession SPARK = SparkSessions.local();

  @TempDir private Path folder;

  private Path csv(String... paths) throws IOException {
    Path file = Files.createDirectories(folder.resolve("day")).resolve("m.csv");
    return Files.writeString(file, "path\n\"" + String.join("\"\n\"", paths) + "\"\n");
  }

  private static long count(Path manifest, String manifestRoot, String... allowedRoots) {
    return ImageListing.list(
            SPARK,
            new ImageInput(
                manifest.toString(),
                ImageInput.Format.MANIFEST,
                null,
                null,
                null,
                List.of(),
                null,
                manifestRoot,
                List.of(allowedRoots),
                null))
        .count();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.png",
        "a/../../secret.png",
        "/etc/passwd",
        "file:/etc/passwd",
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "s3a://other/secret.png",
        "/../../etc/passwd",
        "%s/../secret.png",
        "%s-other/secret.png",
        "file:%s/b/../../secret.png",
        "file://host%s/a.png",
      })
  void aFileOutsideOfTheManifestsFolderIsRefused(String path) throws IOException {
    String written = path.replace("%s", folder.resolve("day").toString());
    Path manifest = csv("a.png", written, "../third.png");

    assertThatThrownBy(() -> count(manifest, null))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The manifest file:" + manifest + " names a file outside of file:")
        .hasMessageContaining(", in line 3: ")
        .hasMessageEndingWith(
            ". Where that is meant, allow it by its folder: --allow-root FOLDER or allowed-roots = [FOLDER]; or give the folder of all files as --manifest-root.")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void filesBelowTheManifestsFolderPassHoweverTheyAreNamed() throws IOException {
    Path day = folder.resolve("day");
    Path manifest =
        csv(
            "a.png",
            "./b.png",
            "x/../c.png",
            "x//d.png",
            "12:30.png",
            "..e.png",
            "x/...",
            "100%25 #1?.png",
            day + "/f.png",
            "file:" + day + "/g.png",
            "file://" + day + "/h.png",
            day + "/../day/i.png");

    assertThat(count(manifest, null)).isEqualTo(12);
  }

  @Test
  void whatIsAllowedPassesAndNothingBesideIt() throws IOException {
    Path archive = folder.resolve("archive");
    Path manifest = csv("a.png", archive + "/b.png", "../archive/c.png", "s3a://bucket/x/d.png");

    assertThat(count(manifest, null, archive.toString(), "s3a://bucket/")).isEqualTo(4);
    assertThat(count(manifest, null, "/", "s3a://bucket")).isEqualTo(4);
    assertThatThrownBy(() -> count(manifest, null, archive.toString(), "s3a://bucket/xy"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(", in line 5: s3a://bucket/x/d.png. ");
  }

  @Test
  void aManifestRootIsTheRoot() throws IOException {
    Path below = csv("day/a.png", folder + "/other/b.png");

    assertThat(count(below, folder.toString())).isEqualTo(2);
    assertThatThrownBy(() -> count(below, folder.resolve("day").toString()))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(
            "names a file outside of %s, in line 3: %s/other/b.png. "
                .formatted(folder.resolve("day"), folder));
    assertThat(count(csv("s3a://bucket/a.png", "b.png"), "s3a://bucket/")).isEqualTo(2);
  }

  @Test
  void aManifestInParquetIsCheckedToo() {
    Path manifest = folder.resolve("manifest");
    SPARK
        .createDataset(List.of("a.png", "b/../c.png", "../d.png"), Encoders.STRING())
        .toDF("path")
        .coalesce(1)
        .write()
        .parquet(manifest.toString());

    assertThatThrownBy(() -> count(manifest, null))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(
            "names a file outside of file:%s: file:%s/../d.png. ".formatted(manifest, manifest));
    assertThat(count(manifest, null, folder.toString())).isEqualTo(3);
  }

  @Test
  void cropsAreOfFilesBelowTheRootOnly() throws IOException {
    Path manifest = folder.resolve("crops.csv");
    Files.writeString(manifest, "path,x,y,width,height,image_id\n../a.png,1,2,3,4,inside.png\n");

    assertThatThrownBy(() -> count(manifest, null))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(", in line 2: file:" + folder + "/../a.png. ");
  }

  @Test
  void pathsWithoutASchemeAreOfTheDefaultFileSystem() {
    Configuration configuration = new Configuration(false);
    configuration.set("fs.defaultFS", "hdfs://Name:8020");
    ImageListingRoots roots = ImageListingRoots.of("/data", List.of("s3a://b"), configuration);

    assertThat(roots.isOutside("/data/a.png")).isFalse();
    assertThat(roots.isOutside("hdfs://name:8020/data/a.png")).isFalse();
    assertThat(roots.isOutside("hdfs:/data/a.png")).isFalse();
    assertThat(roots.isOutside("s3a://b/data/a.png")).isFalse();
    assertThat(roots.isOutside("file:/data/a.png")).isTrue();
    assertThat(roots.isOutside("hdfs://other:8020/data/a.png")).isTrue();
    assertThat(roots.isOutside("s3a://c/data/a.png")).isTrue();
    assertThat(roots.isOutside("/database/a.png")).isTrue();
  }
}
