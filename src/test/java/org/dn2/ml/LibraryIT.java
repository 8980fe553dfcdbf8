package org.dn2.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.dn2.testing.PythonScript;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The artifact as a dependency: Maven installs it into a local repository of this test's own, which
 * borrows all else from the user's; the sample project is built with it, and its programs are run
 * on the Spark that the build has.
 */
class LibraryIT {
  private static final long TIMEOUT_MINUTES = 5;
  private static final Path SAMPLE = Path.of("src/examples").toAbsolutePath();

  @TempDir private static Path folder;
  private static String classpath;

  @BeforeAll
  static void buildTheSample() throws Exception {
    Path repository = borrowed(Files.createDirectories(folder.resolve("repository")));
    Path artifact = onlyArtifact();
    maven(
        repository,
        "org.apache.maven.plugins:maven-install-plugin:install-file",
        "-Dfile=" + artifact,
        "-DpomFile=" + Path.of("pom.xml").toAbsolutePath());
    Path project = folder.resolve("sample");
    Files.createDirectories(project.resolve("java"));
    Files.copy(SAMPLE.resolve("pom.xml"), project.resolve("pom.xml"));
    try (Stream<Path> sources = Files.list(SAMPLE.resolve("java"))) {
      for (Path source : sources.toList()) {
        Files.copy(source, project.resolve("java").resolve(source.getFileName()));
      }
    }
    Files.writeString(project.resolve("java/Documented.java"), documented());
    maven(
        repository,
        "-f",
        project.resolve("pom.xml").toString(),
        "compile",
        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath",
        "-DincludeScope=runtime",
        "-Dmdep.outputFile=" + folder.resolve("classpath"));
    classpath =
        String.join(
            File.pathSeparator,
            project.resolve("target/classes").toString(),
            Files.readString(folder.resolve("classpath")).strip(),
            Path.of(System.getProperty("dn2.spark.home"), "jars", "*").toString());
    Images.writeFolder(folder.resolve("images/red"), 12, Color.RED, 100);
    Images.writeFolder(folder.resolve("images/blue"), 4, Color.BLUE, 500);
    Files.writeString(folder.resolve("images/blue/broken.png"), "no picture");
    TinyBackbone.write(folder.resolve("model"), 1);
  }

  /** The lines of Java that the document shows, as a program that is compiled with the sample. */
  private static String documented() throws IOException {
    String page = Files.readString(Path.of("docs/library.md"));
    String[] shown = page.split("```java\n", 2)[1].split("```", 2)[0].split("\n\n", 2);
    assertThat(shown[0]).contains("import org.dn2.ml.*;");
    return shown[0]
        + "\nclass Documented {\n  static void main(String[] arguments) {\n"
        + shown[1]
        + "  }\n}\n";
  }

  /** A repository whose folders are those of the user's, except ours. */
  private static Path borrowed(Path repository) throws IOException {
    Path users =
        Path.of(
            System.getProperty(
                "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
    link(users, repository, "org");
    link(users.resolve("org"), Files.createDirectories(repository.resolve("org")), "dn2");
    return repository;
  }

  private static void link(Path from, Path to, String except) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(except)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
        }
      }
    }
  }

  /** What {@code mvn install} installs: the classes alone. */
  private static Path onlyArtifact() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target"))) {
      List<Path> found =
          jars.filter(jar -> jar.getFileName().toString().matches("dn2-[0-9.]+\\.jar")).toList();
      assertThat(found).hasSize(1);
      assertThat(Files.size(found.get(0))).isLessThan(10L << 20);
      return found.get(0).toAbsolutePath();
    }
  }

  private static void maven(Path repository, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("mvn", "-B", "-q", "-Dmaven.repo.local=" + repository));
    command.addAll(List.of(arguments));
    run(command);
  }

  private static String run(List<String> command) throws Exception {
    Path printed = Files.createTempFile(folder, "printed", ".txt");
    Path told = Files.createTempFile(folder, "told", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(printed.toFile())
            .redirectError(told.toFile())
            .start();
    try {
      assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(printed);
    assertThat(process.exitValue())
        .as("%s%n%s%n%s", command, output, Files.readString(told))
        .isZero();
    return output;
  }

  private static String example(String name, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-") || option.startsWith("-XX:TieredStop"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dspark.master=local[2]",
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=2",
            "-cp",
            classpath,
            name));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static String place(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void whoDependsOnTheLibraryGetsNothingThatOnlyTheProgramNeeds() {
    assertThat(classpath)
        .contains("pytorch-engine", "jna")
        .doesNotContain("picocli", "pebble", "libsvm", "postgresql", "amazon", "hadoop-aws");
  }

  @Test
  void pythonFindsThePackageInTheJar() throws Exception {
    PythonScript.require("zipimport", "python3");
    String jar = Path.of(System.getProperty("dn2.jar")).toAbsolutePath().toString();
    String code =
        """
        import sys
        sys.path.insert(0, sys.argv[1])
        try:
            import dn2
        except ModuleNotFoundError as e:
            # Spark's own package may not be there; ours has been found, and what it asks for.
            assert e.name.split(".")[0] == "pyspark", e
        print("found")
        """;
    assertThat(run(List.of("/usr/bin/python3", "-c", code, jar))).isEqualTo("found\n");
  }

  @Test
  void imagesAreFoundByAPipeline() throws Exception {
    // As the document has it, with Maven's choice of a classpath.
    String printed =
        run(
            List.of(
                "mvn",
                "-B",
                "-q",
                "-Dmaven.repo.local=" + place("repository"),
                "-f",
                place("sample/pom.xml"),
                "exec:exec",
                "-Dprogram=FindStrangeImages",
                "-Darguments=images/red images/blue model",
                "-Dmaster=local[2]",
                "-Dmemory=1g",
                "-Dpartitions=2"));
    assertThat(printed).contains("is_anomaly", "blue/000.png", "not_an_image");
  }

  @Test
  void imagesAreEmbeddedIntoATable() throws Exception {
    assertThat(example("EmbedImages", place("images/blue"), place("model"), place("features")))
        .contains("4 embedded, 1 rejected");
  }

  @Test
  void kIsChosenByCrossValidation() throws Exception {
    assertThat(example("ChooseK", place("images"), "red", place("model")))
        .contains("k 1: ROCAUC", "k 2: ROCAUC");
  }
}
