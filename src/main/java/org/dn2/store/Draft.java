package org.dn2.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** An output in the making: what is put into it is there when all of it is committed. */
public final class Draft {
  private final Path folder;
  private final Path smallFiles;
  private final String attempt;
  private final Configuration hadoop;
  private final List<WrittenFile> written = new ArrayList<>();
  private final List<WrittenFile> included = new ArrayList<>();

  /**
   * @param folder where tables are written
   * @param smallFiles where small files are written, in or below {@code folder}
   */
  Draft(Path folder, Path smallFiles, String attempt, Configuration hadoop) {
    this.folder = folder;
    this.smallFiles = smallFiles;
    this.attempt = attempt;
    this.hadoop = hadoop;
  }

  /**
   * Writes a table, a Parquet file for each partition, in zstd.
   *
   * @param name of its folder in the output; empty for the output's own
   */
  public void table(String name, Dataset<Row> rows) {
    table(name, rows, Map.of());
  }

  /**
   * Writes a table.
   *
   * @param options of Spark's Parquet writer
   */
  public void table(String name, Dataset<Row> rows, Map<String, String> options) {
    written.addAll(TableFiles.write(rows, folder, name, attempt, options));
  }

  /** Reads back what was written under a name, no other files. */
  public Dataset<Row> read(String name, SparkSession spark) {
    return TableFiles.read(spark, folder, partsOf(name), null);
  }

  private List<WrittenFile> partsOf(String name) {
    return written.stream().filter(file -> file.isPartOf(name)).toList();
  }

  /** Writes a file that fits the memory. */
  public void file(String name, byte[] content) {
    Path path = new Path(smallFiles, name);
    try {
      SmallFiles.create(path, content, hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + path + " cannot be written.", e);
    }
    String relative = folder.toUri().relativize(path.toUri()).getPath();
    written.add(new WrittenFile(name, relative, content.length));
  }

  /** Writes a text in UTF-8. */
  public void file(String name, String text) {
    file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes in files that were written into the folder before. */
  void include(List<WrittenFile> files) {
    included.addAll(files);
  }

  /** What this attempt wrote, without what was written before. */
  List<WrittenFile> own() {
    return List.copyOf(written);
  }

  Set<String> names() {
    return written().stream().map(WrittenFile::name).collect(Collectors.toSet());
  }

  List<WrittenFile> written() {
    return Stream.concat(written.stream(), included.stream()).toList();
  }

  /**
   * Checks that everything written is still there.
   *
   * @throws IOException if something is missing or has another size
   */
  void requireAll() throws IOException {
    String missing = WholeFolder.firstDifference(folder, written(), hadoop);
    if (missing != null) {
      throw new IOException(missing + "; another process changed the folder meanwhile");
    }
  }
}
