import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark compares with: a program beside it, which stays up, so that both sides take turns in
 * one run. It reads what to do, a line each, and answers with a number.
 */
final class Yardstick implements AutoCloseable {
  private static final String PYTHON = "/usr/bin/python3";

  private final String name;
  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  private Yardstick(String name, List<String> command, String[] arguments) throws IOException {
    this.name = name;
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(arguments));
    this.process = new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.questions = process.outputWriter();
    this.answers = process.inputReader();
  }

  /**
   * Starts a Python script.
   *
   * @param script its path
   */
  Yardstick(String script, String... arguments) throws IOException {
    this(script, List.of(PYTHON, "-u", script), arguments);
  }

  /** Starts a Java program of this folder, by the Java that DN2_BENCH_JAVA names or this one. */
  static Yardstick java(String main, String... arguments) throws IOException {
    return new Yardstick(
        main,
        List.of(
            java(),
            "--add-modules=jdk.incubator.vector",
            "-Xmx4g",
            "-cp",
            System.getProperty("java.class.path"),
            main),
        arguments);
  }

  private static String java() {
    return System.getenv()
        .getOrDefault("DN2_BENCH_JAVA", System.getProperty("java.home") + "/bin/java");
  }

  /** Of the Java that runs Java programs, such as 17. */
  static int javaVersion() throws IOException {
    Process process =
        new ProcessBuilder(java(), "-XshowSettings:properties", "-version")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader()) {
      return lines
          .lines()
          .map(String::strip)
          .filter(line -> line.startsWith("java.specification.version = "))
          .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
          .findFirst()
          .orElseThrow(() -> new IOException(java() + " does not tell its version"));
    }
  }

  /** The yardstick's answer. */
  double measure(String what) throws IOException {
    questions.write(what + "\n");
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(name + " ended without an answer; its words are above");
    }
    return Double.parseDouble(answer);
  }

  /** The middle one of some figures. */
  static double median(List<Double> figures) {
    return figures.stream().sorted().toList().get(figures.size() / 2);
  }

  @Override
  public void close() throws IOException {
    questions.close();
    process.destroy();
  }
}
