import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark compares with: a Python script beside it, which stays up, so that both sides take
 * turns in one run. The script reads what to do, a line each, and answers with a number.
 */
final class Yardstick implements AutoCloseable {
  private static final String PYTHON = "/usr/bin/python3";

  private final String script;
  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  /**
   * Starts a script.
   *
   * @param script its path
   */
  Yardstick(String script, String... arguments) throws IOException {
    this.script = script;
    List<String> command = new ArrayList<>(List.of(PYTHON, "-u", script));
    command.addAll(List.of(arguments));
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.questions = process.outputWriter();
    this.answers = process.inputReader();
  }

  /** The script's answer. */
  double measure(String what) throws IOException {
    questions.write(what + "\n");
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(script + " ended without an answer; its words are above");
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
