package org.dn2.store;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.net.URI;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ColumnWords;
import org.dn2.table.LiteralPath;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of a plant: a folder {@code run_date=DATE/run_id=ID} for each run, which is there whole
 * or not at all, and counts if the run has a record.
 */
public final class PlantTable {
  private static final Logger LOG = LoggerFactory.getLogger(PlantTable.class);
  private static final String COMMAND = "nightly";
  private static final long BYTES_PER_ROW = 400;

  /** The file in which a row is, among the columns of {@link #keys}. */
  public static final String FILE = "_file";

  private final SparkSession spark;
  private final Configuration hadoop;
  private final String folder;
  private final StructType schema;

  PlantTable(SparkSession spark, String folder, StructType schema) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.folder = folder;
    this.schema = schema;
  }

  /** A run that has a folder here, or may have one. */
  public record RunKey(LocalDate runDate, RunId runId) {
    static RunKey of(RunRecord record) {
      return new RunKey(LocalDate.parse(record.runDate()), new RunId(record.runId()));
    }
  }

  private Destination place(RunKey run) {
    return new Destination(
        "%s/%s=%s/%s=%s"
            .formatted(folder, Tables.RUN_DATE, run.runDate(), Tables.RUN_ID, run.runId().value()),
        run.runId(),
        ExistingOutput.KEEP);
  }

  /** The folder of all runs. */
  public String folder() {
    return folder;
  }

  /**
   * The rows of runs, in the table's columns; a run without a folder has none.
   *
   * @throws UserDataException if a run's folder is not as it was written
   */
  public Dataset<Row> rows(Collection<RunKey> runs) {
    return read(files(runs));
  }

  private Dataset<Row> read(List<String> files) {
    return files.isEmpty()
        ? spark.createDataFrame(List.of(), schema)
        : spark.read().schema(schema).parquet(files.toArray(String[]::new));
  }

  private List<String> files(Collection<RunKey> runs) {
    try {
      List<String> files = new ArrayList<>();
      ManyFiles.each(List.copyOf(runs), this::filesOf).forEach(files::addAll);
      return files;
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private List<String> filesOf(RunKey run) throws IOException {
    Path path = place(run).path(hadoop);
    if (!path.getFileSystem(hadoop).exists(path)) {
      return List.of();
    }
    return WholeFolder.open(path, COMMAND, hadoop).partPaths("").stream()
        .map(LiteralPath::of)
        .toList();
  }

  /**
   * Some columns of the rows of runs, and the column {@value #FILE}.
   *
   * @param names of the columns
   */
  public Dataset<Row> keys(Collection<RunKey> runs, String... names) {
    Dataset<Row> rows = rows(runs);
    boolean isEmpty = rows.inputFiles().length == 0;
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(col(name));
    }
    columns.add((isEmpty ? lit("") : col("_metadata.file_path")).as(FILE));
    return rows.select(columns.toArray(Column[]::new));
  }

  /**
   * All rows of some of the table's files.
   *
   * @param files as {@link #keys} names them
   */
  public Dataset<Row> ofFiles(Collection<String> files) {
    return read(
        files.stream().map(file -> LiteralPath.of(new Path(URI.create(file)).toString())).toList());
  }

  /**
   * Writes the rows of a run in the place of those that it wrote before; where there are none, and
   * none were there, nothing is written.
   *
   * @param rows the table's columns
   * @param count how many rows there are, roughly
   * @param bytesPerRow of its numbers
   * @return how many rows there are now
   */
  public long write(RunKey run, Dataset<Row> rows, long count, long bytesPerRow, Lease lease) {
    CommittedFolder output = CommittedFolder.claim(place(run), COMMAND, hadoop);
    int files = SizedFiles.filesFor(count, BYTES_PER_ROW + bytesPerRow);
    return output.write(
        draft -> {
          Column[] columns =
              Arrays.stream(schema.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
          draft.table(
              "", SizedFiles.byHash(ColumnWords.written(rows.select(columns), schema), files));
          long written = draft.read("", spark).count();
          lease.requireHeld();
          return written;
        });
  }

  /** Puts right what a run that died left in the place of a run that has a record. */
  void heal(RunKey run) {
    CommittedFolder.claim(place(run), COMMAND, hadoop);
  }

  private static void removeAll(FileSystem files, Path folder, Predicate<String> names)
      throws IOException {
    for (FileStatus entry : WholeFolder.listIfThere(files, folder)) {
      if (names.test(entry.getPath().getName())) {
        files.delete(entry.getPath(), true);
        LOG.info("nightly: {} of a run without a record is removed", entry.getPath());
      }
    }
  }

  /**
   * Removes the rows of a run that has no record.
   *
   * @throws UserDataException if there are files that dn2 did not write
   */
  void remove(RunKey run) {
    Path path = place(run).path(hadoop);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      Occupant occupant = Occupant.of(path, hadoop);
      if (!occupant.strangers().isEmpty()) {
        throw new UserDataException(
            "%s belongs to a run without a record and is to be removed, but holds files that dn2 did not write there, such as %s. Move them away."
                .formatted(path, Printable.of(occupant.strangers().get(0))));
      }
      removeAll(files, path.getParent(), path.getName()::equals);
      for (HiddenName hidden : List.of(new HiddenName(path), HiddenName.ofEarlierVersions(path))) {
        removeAll(files, hidden.folder(), hidden::isOwn);
      }
      if (files.exists(path.getParent()) && files.listStatus(path.getParent()).length == 0) {
        files.delete(path.getParent(), false);
      }
    } catch (IOException e) {
      throw new UserDataException(
          "What a run without a record left in %s cannot be removed: %s"
              .formatted(path, e.getMessage()),
          e);
    }
  }
}
