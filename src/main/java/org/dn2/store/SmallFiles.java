package org.dn2.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.dn2.table.LiteralPath;
import org.dn2.table.LocalDisk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes files that fit the memory, on any of Hadoop's file systems. */
public final class SmallFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SmallFiles.class);

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private SmallFiles() {}

  /**
   * The bytes of a file.
   *
   * @throws java.io.FileNotFoundException if there is none
   */
  public static byte[] read(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = LocalDisk.of(file, hadoop).open(file)) {
      return in.readAllBytes();
    }
  }

  /** Writes a new file; one that is there is an error. */
  static void create(Path file, byte[] content, Configuration hadoop) throws IOException {
    write(file, content, false, hadoop);
  }

  /** Writes a file, in the place of one that is there. */
  static void replace(Path file, byte[] content, Configuration hadoop) throws IOException {
    write(file, content, true, hadoop);
  }

  private static void write(Path file, byte[] content, boolean overwrites, Configuration hadoop)
      throws IOException {
    try (OutputStream out = LocalDisk.of(file, hadoop).create(file, overwrites)) {
      out.write(content);
    }
  }

  /**
   * Writes a new file, which appears with all its content; of two writers at once, one fails.
   *
   * @throws FileAlreadyExistsException if there is one
   */
  static void createWhole(Path file, byte[] content, Configuration hadoop) throws IOException {
    FileSystem files = LocalDisk.of(file, hadoop);
    if (files.hasPathCapability(file, CommittedFolder.WRITES_IN_PLACE)) {
      FSDataOutputStreamBuilder<?, ?> creation = files.createFile(file).overwrite(true);
      creation.must(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
      try (OutputStream out = creation.build()) {
        out.write(content);
      } catch (IOException e) {
        throw files.exists(file) ? isThere(file, e) : e;
      }
      return;
    }
    Path unfinished = unfinished(file);
    write(unfinished, content, false, hadoop);
    try {
      Rename.fileToFree(unfinished, file, hadoop);
    } catch (IOException e) {
      throw files.exists(file) ? isThere(file, e) : e;
    } finally {
      remove(unfinished, files);
    }
  }

  private static FileAlreadyExistsException isThere(Path file, IOException cause) {
    FileAlreadyExistsException isThere = new FileAlreadyExistsException(file.toString());
    isThere.initCause(cause);
    return isThere;
  }

  /** Writes a file in the place of one that is there: a reader finds either, whole. */
  static void replaceWhole(Path file, byte[] content, Configuration hadoop) throws IOException {
    FileSystem files = LocalDisk.of(file, hadoop);
    if (files.hasPathCapability(file, CommittedFolder.WRITES_IN_PLACE)) {
      replace(file, content, hadoop);
      return;
    }
    Path unfinished = unfinished(file);
    write(unfinished, content, false, hadoop);
    try {
      Rename.fileOver(unfinished, file, hadoop);
    } finally {
      remove(unfinished, files);
    }
  }

  /** What is whole does not fail for a hidden file that stays. */
  private static void remove(Path unfinished, FileSystem files) {
    try {
      files.delete(unfinished, false);
    } catch (IOException e) {
      LOG.warn("{} stays: {}", unfinished, e.getMessage());
    }
  }

  private static Path unfinished(Path file) {
    return LiteralPath.in(
        file.getParent(), "." + file.getName() + "~" + CommittedFolder.newAttempt());
  }

  /** A value as indented JSON in UTF-8, with a line break at its end. */
  public static byte[] json(Object value) {
    try {
      return (JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the value must be fit for JSON", e);
    }
  }
}
