package org.dn2.pipeline;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An output folder that appears whole or not at all. It is written under a hidden name beside its
 * place and renamed when complete; a marker in it names the run, so that the same run may replace
 * it. A run that is killed leaves only the hidden folder, which the same run removes when repeated.
 *
 * <p>The rename is atomic on HDFS and on a local disk. On an object store it copies file by file;
 * docs/decisions/0005 says what that means.
 */
final class CommittedFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CommittedFolder.class);
  private static final String MARKER = "_DN2_RUN";

  private final Path target;
  private final RunId runId;
  private final FileSystem files;

  /**
   * @throws UserDataException if the folder is there, another run's, and to be kept
   */
  CommittedFolder(Path target, RunId runId, ExistingOutput existing, Configuration hadoop) {
    this.runId = runId;
    try {
      this.files = target.getFileSystem(hadoop);
      this.target = files.makeQualified(target);
      requirePlace(existing);
    } catch (IOException | IllegalArgumentException e) {
      throw cannotWrite(target, e);
    }
  }

  private void requirePlace(ExistingOutput existing) throws IOException {
    if (existing == ExistingOutput.REPLACE || !files.exists(target)) {
      return;
    }
    String writer = writerOf(files, target);
    if (!runId.value().equals(writer)) {
      throw new UserDataException(
          "The output %s is there already%s. Give --overwrite to replace it, the same --run-id to repeat that run, or another folder."
              .formatted(target, writer == null ? "" : ", written by the run " + writer));
    }
  }

  /**
   * The run that wrote a committed folder, or null if the folder is missing or unfinished.
   *
   * @throws IOException if that cannot be told
   */
  static String writerOf(FileSystem files, Path folder) throws IOException {
    try (InputStream in = files.open(new Path(folder, MARKER))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  /**
   * Checks that a folder is the whole output of a command.
   *
   * @throws UserDataException if it is missing or unfinished
   */
  static void requireWhole(Path folder, String command, Configuration hadoop) {
    try {
      if (writerOf(folder.getFileSystem(hadoop), folder) == null) {
        throw new UserDataException(
            "%s is not the output of a finished dn2 %s: it is missing or not complete."
                .formatted(folder, command));
      }
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  Path target() {
    return target;
  }

  /**
   * Lets the writer fill a hidden folder and puts that in the target's place.
   *
   * @param writer is given the folder to create and fill
   */
  void write(Consumer<Path> writer) {
    Path staging = hidden("staging");
    try {
      files.delete(staging, true);
      // Made here so that a place that cannot be written to is found before the long work.
      if (!files.mkdirs(staging)) {
        throw new IOException("the folder " + staging.getParent() + " cannot be made");
      }
      writer.accept(staging);
      try (OutputStream out = files.create(new Path(staging, MARKER))) {
        out.write((runId.value() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      replaceTargetBy(staging);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    } finally {
      deleteLeftover(staging);
    }
  }

  private void replaceTargetBy(Path staging) throws IOException {
    Path old = hidden("old");
    files.delete(old, true);
    boolean replaces = files.exists(target);
    if (replaces && !files.rename(target, old)) {
      throw new IOException("the folder that was there cannot be moved aside");
    }
    if (!files.rename(staging, target)) {
      if (replaces) {
        files.rename(old, target);
      }
      throw new IOException("the complete output cannot be moved to its place");
    }
    files.delete(old, true);
  }

  private Path hidden(String what) {
    return new Path(target.getParent(), "." + target.getName() + "." + runId.value() + "." + what);
  }

  private void deleteLeftover(Path staging) {
    try {
      files.delete(staging, true);
    } catch (IOException e) {
      LOG.warn("The unfinished folder {} could not be removed: {}", staging, e.getMessage());
    }
  }

  private static UserDataException cannotWrite(Path target, Exception e) {
    return new UserDataException(
        "The output %s cannot be written: %s. Is the folder writable, and is there space?"
            .formatted(target, e.getMessage()),
        e);
  }
}
