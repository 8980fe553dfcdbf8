package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dn2.store.RunId;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a stage's user can be told: a library has no options of commands. */
class LibraryMessagesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*+\"");
  private static final Pattern COMMENT = Pattern.compile("(?s:/\\*.*?\\*/)|(?m:^\\s*//.*$)");

  @Test
  void whatStagesCallNamesNoOptionOfTheCommands() throws IOException {
    Pattern option =
        Pattern.compile(
            options(Dn2Command.newCommandLine())
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?<![\\w-])(?:", ")(?![\\w-])")));
    List<Path> sources = reached();
    assertThat(sources).hasSizeGreaterThan(100).contains(SOURCES.resolve("org/dn2/fit/Fit.java"));
    Set<String> found = new TreeSet<>();
    for (Path source : sources) {
      LITERAL
          .matcher(COMMENT.matcher(Files.readString(source)).replaceAll(""))
          .results()
          .filter(literal -> option.matcher(literal.group()).find())
          .forEach(literal -> found.add(SOURCES.relativize(source) + ": " + literal.group()));
    }
    assertThat(found).isEmpty();
  }

  private static Stream<String> options(CommandLine command) {
    return Stream.concat(
        command.getCommandSpec().options().stream()
            .flatMap(option -> Stream.of(option.names()))
            .filter(name -> name.startsWith("--")),
        command.getSubcommands().values().stream().flatMap(LibraryMessagesTest::options));
  }

  /**
   * The files of all classes of ours that a stage depends on, however far, but for the id of a run,
   * which tells how to go on with a stopped one: only commands have such.
   */
  private static List<Path> reached() {
    JavaClasses ours = new ClassFileImporter().importPackages("org.dn2");
    return ours.stream()
        .filter(one -> one.getPackageName().equals("org.dn2.ml"))
        .filter(one -> !one.getName().contains("Test") && !one.getName().contains("IT"))
        .flatMap(
            stage ->
                Stream.concat(
                    Stream.of(stage),
                    stage.getTransitiveDependenciesFromSelf().stream()
                        .map(one -> one.getTargetClass().getBaseComponentType())))
        .filter(one -> one.getPackageName().startsWith("org.dn2"))
        .filter(one -> !one.isEquivalentTo(RunId.class))
        .map(LibraryMessagesTest::source)
        .filter(Files::exists)
        .distinct()
        .toList();
  }

  private static Path source(JavaClass one) {
    return SOURCES.resolve(one.getName().replaceAll("\\$.*", "").replace('.', '/') + ".java");
  }
}
