package org.dn2.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.dn2.table.LocalDisk;

/** Reads and writes files that fit the memory, on any of Hadoop's file systems. */
public final class SmallFiles {
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

  /** A value as indented JSON in UTF-8, with a line break at its end. */
  public static byte[] json(Object value) {
    try {
      return (JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the value must be fit for JSON", e);
    }
  }
}
