package org.dn2;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "org.dn2", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final int MOST_LINES = 300;

  @ArchTest
  static final ArchRule PICOCLI =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.dn2", "org.dn2.cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..")
          .because("the rooms must be usable without a command line");

  @ArchTest
  static final ArchRule NO_QUERY_BY_COMMANDS =
      noClasses()
          .that()
          .resideInAPackage("org.dn2.cli")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.apache.spark..").and(not(equivalentTo(SparkSession.class))))
          .because("a command starts a session and prints what a job gives it");

  @ArchTest
  static final ArchRule DJL =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.dn2.embedding")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..")
          .because("one room knows the native engine");

  @ArchTest
  static final ArchRule NATIVE_CALLS =
      noClasses()
          .that()
          .haveNameNotMatching("org\\.dn2\\.image\\.Native(Jpeg|WebP).*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..")
          .because("a wrong native call ends the JVM; one class for each library makes them");

  @ArchTest
  static final ArchRule PURE_SEARCH =
      noClasses()
          .that()
          .resideInAnyPackage("org.dn2.neighbors", "org.dn2.heat", "org.dn2.report")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..")
          .because("numerics and drawing are tested and measured without Spark");

  @ArchTest
  static final ArchRule PURE_DECODING =
      noClasses()
          .that()
          .resideInAPackage("org.dn2.image")
          .and()
          .haveNameNotMatching("org\\.dn2\\.image\\.ImageListing.*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "ai.djl..")
          .because("only the listing of images is Spark's work");

  @ArchTest
  static final ArchRule NOTHING_KNOWS_ITS_CALLERS =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.dn2", "org.dn2.cli", "org.dn2.pipeline", "org.dn2.ml")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.dn2.cli", "org.dn2.pipeline", "org.dn2.ml")
          .because("rooms are strung together by the pipeline, and for MLlib by its stages");

  @ArchTest
  static final ArchRule DETECTORS =
      noClasses()
          .that()
          .resideInAPackage("org.dn2.detector")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.dn2.image",
              "org.dn2.embedding",
              "org.dn2.neighbors",
              "org.dn2.search",
              "org.dn2.score")
          .because("rooms exchange tables, not classes");

  @ArchTest
  static final ArchRule MEASURING_WRITES_NOTHING =
      noClasses()
          .that()
          .resideInAnyPackage("org.dn2.reproduction", "org.dn2.comparison")
          .and()
          .doNotHaveFullyQualifiedName("org.dn2.reproduction.DatasetFolder")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.hadoop.fs..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.spark.sql.DataFrameWriter")
          .because(
              "what was measured is a function of tables; where it is kept is the job's choice");

  @ArchTest
  static final ArchRule LISTED_DATASETS =
      noClasses()
          .that()
          .haveFullyQualifiedName("org.dn2.reproduction.DatasetFolder")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..")
          .because("it lists the paper's datasets and reads none of them");

  @ArchTest
  static final ArchRule PUBLISHED_FIGURES =
      noClasses()
          .that()
          .resideInAPackage("org.dn2.comparison")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.dn2.reproduction", "org.dn2.protocols", "org.dn2.report")
          .because("the user's own comparison owes nothing to the paper's experiments");

  @ArchTest
  static final ArchRule SEARCHES =
      noClasses()
          .that()
          .resideInAPackage("org.dn2.search")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.dn2.score",
              "org.dn2.detector",
              "org.dn2.fit",
              "org.dn2.store",
              "org.dn2.pipeline")
          .because("a search finds neighbors, whatever is made of them");

  @ArchTest
  static final ArchRule NO_PATHS =
      noClasses()
          .that()
          .resideInAnyPackage("org.dn2.search", "org.dn2.score", "org.dn2.fit", "org.dn2.detector")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.hadoop.fs..", "org.dn2.store")
          .because("tables come in and go out; where they lie is the store's to know");

  @ArchTest
  static final ArchRule STORES =
      noClasses()
          .that()
          .resideInAPackage("org.dn2.store")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.dn2.score", "org.dn2.fit", "org.dn2.search")
          .because("a store keeps what others work out");

  @ArchTest
  static final ArchRule FOLDERS =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.dn2.store")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(FileSystem.class)))
                  .and(target(nameMatching("rename|delete|mkdirs|create|createFile|append"))))
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.spark.sql.DataFrameWriter")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.spark.sql.DataFrameWriterV2")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.sql.Connection")
          .because("only the store renames, deletes, and makes what others read");

  @ArchTest
  static final ArchRule JOBS =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Job")
          .and()
          .doNotHaveSimpleName("RunJob")
          .should()
          .dependOnClassesThat(
              simpleNameEndingWith("Job").and(not(resideInAPackage("org.apache.."))))
          .because("a job goes store, room, store; what strings jobs together is a run");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.dn2.(*)..").should().beFreeOfCycles().because("the data goes one way");

  @Test
  void whatBenchmarksTakeFromTheTestsNeedsNoLibraryOfTests() throws IOException {
    Deque<String> toLookAt = new ArrayDeque<>();
    Pattern imported = Pattern.compile("(?m)^import (org\\.dn2\\.testing\\.\\w+);");
    try (Stream<Path> benchmarks = Files.list(Path.of("src/bench"))) {
      for (Path file : benchmarks.filter(name -> name.toString().endsWith(".java")).toList()) {
        imported.matcher(Files.readString(file)).results().forEach(x -> toLookAt.add(x.group(1)));
      }
    }
    assertThat(toLookAt).isNotEmpty();
    JavaClasses tests = new ClassFileImporter().importPackages("org.dn2.testing");
    Set<String> seen = new HashSet<>();
    while (!toLookAt.isEmpty()) {
      String name = toLookAt.remove();
      if (seen.add(name)) {
        for (Dependency one : tests.get(name).getDirectDependenciesFromSelf()) {
          String needed = one.getTargetClass().getBaseComponentType().getName();
          assertThat(needed).as(one.getDescription()).doesNotStartWith("org.junit");
          assertThat(needed).as(one.getDescription()).doesNotStartWith("org.assertj");
          if (tests.contain(needed)) {
            toLookAt.add(needed);
          }
        }
      }
    }
  }

  @Test
  void noClassIsLongerThanAReaderCanHold() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/org/dn2"))) {
      List<Path> tooLong = new ArrayList<>();
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (Files.readAllLines(file).size() > MOST_LINES) {
          tooLong.add(file);
        }
      }
      assertThat(tooLong).as("of more than %d lines", MOST_LINES).isEmpty();
    }
  }

  @Test
  void everyPackageSaysWhatLivesThere() throws IOException {
    try (Stream<Path> folders = Files.walk(Path.of("src/main/java/org/dn2"))) {
      List<Path> silent =
          folders
              .filter(Files::isDirectory)
              .filter(folder -> !folder.endsWith("dn2"))
              .filter(folder -> Files.notExists(folder.resolve("package-info.java")))
              .toList();
      assertThat(silent).isEmpty();
    }
  }
}
