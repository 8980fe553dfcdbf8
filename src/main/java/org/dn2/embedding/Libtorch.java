package org.dn2.embedding;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/**
 * The libtorch that a process takes: the one on its class path, or an installed one of the same
 * version, to which {@code PYTORCH_LIBRARY_PATH} leads. Nothing is ever downloaded.
 *
 * @param folder of the installed one; null for the one on the class path
 * @param version that the bindings on the class path are made for, such as {@code 2.7.1}
 * @param flavor of the installed one, such as {@code cpu}; null for the one on the class path
 */
public record Libtorch(Path folder, String version, String flavor) {
  static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";
  static final String VERSION = "PYTORCH_VERSION";
  static final String FLAVOR = "PYTORCH_FLAVOR";

  /** For which there are bindings on the class path. */
  static final List<String> FLAVORS = List.of("cpu", "cu128");

  private static final String LIBRARY = "libtorch.so";
  private static final String CUDA_LIBRARY = "libtorch_cuda.so";
  private static final String BUNDLED = "native/lib/pytorch.properties";
  private static final String BINDINGS = "jnilib/pytorch.properties";

  /**
   * As {@code build-version} of the library's archive and {@code version.py} of Python's have it.
   */
  private static final Pattern INSTALLED =
      Pattern.compile(
          "^\\s*(?:__version__\\s*=\\s*['\"])?(\\d+\\.\\d+\\.\\d+)(?:\\+(\\w+))?",
          Pattern.MULTILINE);

  /**
   * What this process would take by its environment's variables and system properties; it is not
   * loaded.
   *
   * @throws UserDataException if there is none, or it is of another version or for another CUDA
   *     than the bindings
   */
  public static Libtorch found() {
    return found(Libtorch::setting, Thread.currentThread().getContextClassLoader());
  }

  /**
   * The same by given settings.
   *
   * @param settings gives null or nothing where a variable is not set
   */
  static Libtorch found(UnaryOperator<String> settings, ClassLoader classPath) {
    String version = bindingsVersion(classPath);
    String wanted = settings.apply(VERSION);
    if (isSet(wanted) && !wanted.matches(Pattern.quote(version) + "(-[0-9]+)?")) {
      throw new UserDataException(
          "%s is %s, but this jar works with libtorch %s only. Install that one and set %s to %s, or to nothing."
              .formatted(VERSION, Printable.of(wanted), version, VERSION, version));
    }
    String path = settings.apply(LIBRARY_PATH);
    if (isSet(path)) {
      return installed(path, version, settings.apply(FLAVOR));
    }
    if (classPath.getResource(BUNDLED) == null) {
      throw new UserDataException(
          "This jar holds no libtorch, and %s is not set in this process. %s"
              .formatted(LIBRARY_PATH, whatToDo(version)));
    }
    return new Libtorch(null, version, null);
  }

  /** Hands the choice over to the engine, which would guess the flavor wrongly. */
  void select() {
    if (folder != null) {
      if (!isSet(setting(FLAVOR))) {
        System.setProperty(FLAVOR, flavor);
      }
      if (!isSet(setting(VERSION))) {
        System.setProperty(VERSION, version);
      }
    }
  }

  /** Says that it is there but could not be loaded. */
  RuntimeException notLoaded(Throwable cause) {
    if (folder == null) {
      return new IllegalStateException(
          "The native PyTorch library could not be loaded on this host. It is unpacked to"
              + " ~/.djl.ai, or to the folder that the variable DJL_CACHE_DIR names: is it writable,"
              + " with 1 GiB free? The jar holds the build for Linux on x86-64.",
          cause);
    }
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return new UserDataException(
        "The libtorch in %s could not be loaded as %s of the flavor %s: %s. Is it that version and that flavor, are the libraries that it needs found by LD_LIBRARY_PATH, and is ~/.djl.ai, or the folder that DJL_CACHE_DIR names, writable? %s"
            .formatted(folder, version, flavor, deepest.getMessage(), whatToDo(version)),
        cause);
  }

  private static Libtorch installed(String path, String version, String wantedFlavor) {
    Path folder = null;
    for (String part : path.split(File.pathSeparator, -1)) {
      Path place = Path.of(part);
      if (folder == null && !part.isEmpty() && Files.isRegularFile(place.resolve(LIBRARY))) {
        folder = place;
      } else if (folder == null && place.endsWith(LIBRARY) && Files.isRegularFile(place)) {
        folder = place.toAbsolutePath().getParent();
      }
    }
    if (folder == null) {
      throw new UserDataException(
          "%s is %s, but there is no %s in it. %s"
              .formatted(LIBRARY_PATH, Printable.of(path), LIBRARY, whatToDo(version)));
    }
    Matcher found = installedVersion(folder);
    if (found != null && !found.group(1).equals(version)) {
      throw new UserDataException(
          "The libtorch in %s is of version %s, but this jar works with %s only. %s"
              .formatted(folder, found.group(1), version, whatToDo(version)));
    }
    String flavor = wantedFlavor;
    if (!isSet(flavor)) {
      boolean isCuda = Files.exists(folder.resolve(CUDA_LIBRARY));
      String told = found == null ? null : found.group(2);
      flavor = !isCuda ? "cpu" : told == null ? FLAVORS.get(1) : told;
    }
    if (!FLAVORS.contains(flavor)) {
      throw new UserDataException(
          "The libtorch in %s is of the flavor %s, but this jar works with %s. Install one of those; %s names the flavor where it is not found out rightly."
              .formatted(folder, Printable.of(flavor), String.join(" and ", FLAVORS), FLAVOR));
    }
    return new Libtorch(folder, version, flavor);
  }

  /** Null where nothing tells it. */
  private static Matcher installedVersion(Path folder) {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      return null;
    }
    for (String name : List.of("build-version", "version.py")) {
      Path file = parent.resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          Matcher version = INSTALLED.matcher(Files.readString(file));
          if (version.find()) {
            return version;
          }
        } catch (IOException e) {
          throw new UserDataException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
      }
    }
    return null;
  }

  private static String whatToDo(String version) {
    return ("Install libtorch %s for %s on each machine and set %s to its folder lib: in the environment of ./dn2 and"
            + " of the driver, and for executors by Spark's setting spark.executorEnv.%s=/opt/libtorch/lib; or take the jar that"
            + " holds it. docs/native.md says more.")
        .formatted(version, String.join(" or ", FLAVORS), LIBRARY_PATH, LIBRARY_PATH);
  }

  private static String bindingsVersion(ClassLoader classPath) {
    try (InputStream in = classPath.getResourceAsStream(BINDINGS)) {
      if (in == null) {
        throw new IllegalStateException("the bindings to libtorch are not on the class path");
      }
      Properties properties = new Properties();
      properties.load(in);
      String version = properties.getProperty("jni_version");
      return version.substring(0, version.indexOf('-'));
    } catch (IOException e) {
      throw new IllegalStateException("the bindings to libtorch cannot be read", e);
    }
  }

  /** As the engine reads it. */
  private static String setting(String name) {
    String variable = System.getenv(name);
    return variable == null ? System.getProperty(name) : variable;
  }

  private static boolean isSet(String value) {
    return value != null && !value.isEmpty();
  }
}
