package org.dn2.notebooks;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import jdk.jshell.EvalException;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.VarSnippet;
import scala.Console;

/**
 * A shell of Java in this process, which runs cell after cell. What they print is caught, Spark's
 * tables too; the value of a cell's last expression is shown, an image as a picture.
 */
final class NotebookKernel implements AutoCloseable {
  private final JShell shell;

  NotebookKernel() {
    this.shell =
        JShell.builder()
            .executionEngine("local")
            .compilerOptions("-classpath", System.getProperty("java.class.path"))
            .build();
  }

  /**
   * Runs a cell.
   *
   * @throws CellFailure if a snippet does not compile or ends by an exception
   */
  List<Notebook.Output> run(String source) throws CellFailure {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    PrintStream before = System.out;
    List<Notebook.Output> outputs = new ArrayList<>();
    Snippet last;
    System.setOut(stream);
    try {
      last = caught(stream, source);
    } finally {
      System.setOut(before);
    }
    if (printed.size() > 0) {
      outputs.add(
          new Notebook.Output(Notebook.Output.STDOUT, printed.toString(StandardCharsets.UTF_8)));
    }
    String value = nameOfValue(last);
    if (value != null) {
      shell.eval(Shown.class.getName() + ".hand(" + value + ");");
      Object handed = Shown.take();
      if (handed != null) {
        outputs.add(shown(handed));
      }
    }
    return outputs;
  }

  /** By which the shell knows what an expression gave; null where there is no expression. */
  private static String nameOfValue(Snippet last) {
    if (last == null) {
      return null;
    }
    return switch (last.subKind()) {
      case TEMP_VAR_EXPRESSION_SUBKIND -> ((VarSnippet) last).name();
      case VAR_VALUE_SUBKIND -> ((ExpressionSnippet) last).name();
      default -> null;
    };
  }

  /** Scala's console keeps a stream of its own for each thread and those it starts. */
  private Snippet caught(PrintStream stream, String source) throws CellFailure {
    List<CellFailure> failure = new ArrayList<>();
    Snippet last =
        Console.withOut(
            stream,
            () -> {
              try {
                return evaluate(source);
              } catch (CellFailure e) {
                failure.add(e);
                return null;
              }
            });
    if (!failure.isEmpty()) {
      throw failure.get(0);
    }
    return last;
  }

  private Snippet evaluate(String source) throws CellFailure {
    Snippet last = null;
    String rest = source;
    while (!rest.isBlank()) {
      SourceCodeAnalysis.CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      String snippet = next.completeness().isComplete() ? next.source() : rest;
      rest = next.completeness().isComplete() ? next.remaining() : "";
      for (SnippetEvent event : shell.eval(snippet)) {
        requireDone(event);
        if (event.causeSnippet() == null) {
          last = event.snippet();
        }
      }
    }
    return last;
  }

  private void requireDone(SnippetEvent event) throws CellFailure {
    if (event.status() == Snippet.Status.REJECTED
        || event.status() == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
      throw new CellFailure(
          shell
                  .diagnostics(event.snippet())
                  .map(fault -> fault.getMessage(Locale.ROOT))
                  .collect(Collectors.joining("\n"))
              + "\nin\n"
              + event.snippet().source(),
          null);
    }
    JShellException thrown = event.exception();
    if (thrown != null) {
      String what =
          thrown instanceof EvalException evaluated
              ? evaluated.getExceptionClassName() + ": " + thrown.getMessage()
              : thrown.getMessage();
      throw new CellFailure(what + "\nin\n" + event.snippet().source(), thrown);
    }
  }

  private static Notebook.Output shown(Object value) {
    if (value instanceof BufferedImage image) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        ImageIO.write(image, "png", bytes);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return new Notebook.Output(
          Notebook.Output.PNG, Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
    return new Notebook.Output(Notebook.Output.TEXT, String.valueOf(value));
  }

  @Override
  public void close() {
    shell.close();
  }

  /** A cell that does not work. */
  static final class CellFailure extends Exception {
    private static final long serialVersionUID = 1;

    CellFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
