package org.dn2.store;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * A folder that holds everything of an installation: tables, detectors, records of runs. The tables
 * are the state: what is new is what they do not have.
 */
public final class Plant {
  private static final String WORK = "_work";
  private static final String DETECTORS = "detectors";
  private static final String PAGES = "pages";

  /** Runs without success whose rows are looked for; those before them were looked for before. */
  private static final int RUNS_LOOKED_AT = 100;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Path root;

  /** The plant in a folder on any of Hadoop's file systems, which need not be there yet. */
  public Plant(SparkSession spark, String folder) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.root = Destination.qualified(folder, hadoop);
  }

  /** The folder. */
  public String folder() {
    return root.toString();
  }

  /**
   * Refuses a folder that is not there, which may be misspelled.
   *
   * @throws UserDataException if it is not there, or the store does not answer
   */
  public void requireThere() {
    try {
      if (!root.getFileSystem(hadoop).exists(root)) {
        throw new UserDataException(
            "There is no folder %s. Is that the plant? The first dn2 nightly makes it."
                .formatted(root));
      }
    } catch (IOException e) {
      throw new UserDataException(root + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The folders in it that are written. */
  public List<String> folders() {
    return List.of(
        embeddings().folder(),
        rejects().folder(),
        scores().folder(),
        root + "/" + DETECTORS,
        root + "/" + PAGES,
        runsFolder().toString(),
        workFolder().toString());
  }

  /** The images' embeddings, of both sources. */
  public PlantTable embeddings() {
    return new PlantTable(spark, root + "/embeddings", PlantColumns.EMBEDDINGS);
  }

  /** The images that have none. */
  public PlantTable rejects() {
    return new PlantTable(spark, root + "/rejects", PlantColumns.REJECTS);
  }

  /** The images' scores. */
  public PlantTable scores() {
    return new PlantTable(spark, root + "/scores", PlantColumns.SCORES);
  }

  /** The detectors. */
  public Detectors detectors() {
    return new Detectors(spark, new Path(root, DETECTORS));
  }

  /** Where the page of a run goes. */
  public Destination page(PlantTable.RunKey run) {
    return new Destination(
        "%s/%s/%s=%s/%s=%s"
            .formatted(
                root, PAGES, Tables.RUN_DATE, run.runDate(), Tables.RUN_ID, run.runId().value()),
        run.runId(),
        ExistingOutput.REPLACE);
  }

  /** The runs. */
  public RunLog runs() {
    return new RunLog(new Path(runsFolder(), "_records"), hadoop);
  }

  /** The runs as a table. */
  public RunsTable runsTable() {
    return new RunsTable(spark, runsFolder());
  }

  private Path runsFolder() {
    return new Path(root, "runs");
  }

  private Path workFolder() {
    return new Path(root, WORK);
  }

  /**
   * Where the outcomes of a source's images are kept, part by part, until a run has its record: so
   * that whatever dies, the next run of any name goes on with them.
   */
  public Destination kept(String source) {
    return new Destination(
        new Path(workFolder(), source).toString(), new RunId("nightly"), ExistingOutput.KEEP);
  }

  /** Keeps rows in a file while a run lasts. */
  public Dataset<Row> keep(String name, Dataset<Row> rows, Lease lease) {
    Path place = new Path(workFolder(), "%s-%06d".formatted(name, lease.sequence()));
    List<WrittenFile> files =
        TableFiles.write(rows, place, "", CommittedFolder.newAttempt(), Map.of());
    return TableFiles.read(spark, place, files, rows.schema());
  }

  /** Removes what {@link #keep} has kept, of runs that died too. */
  public void clearWork() {
    try {
      FileSystem files = root.getFileSystem(hadoop);
      // Where earlier versions kept work: among the files of a table.
      files.delete(new Path(runsFolder(), WORK), true);
      for (FileStatus entry : WholeFolder.listIfThere(files, workFolder())) {
        if (!entry.getPath().getName().startsWith(".")) {
          files.delete(entry.getPath(), true);
        }
      }
    } catch (IOException e) {
      throw CommittedFolder.cannotWrite(workFolder().toString(), e);
    }
  }

  /** The runs whose rows count. */
  public static Set<PlantTable.RunKey> committed(List<RunRecord> records) {
    Set<PlantTable.RunKey> runs = new LinkedHashSet<>();
    records.stream()
        .filter(RunRecord::isSuccess)
        .forEach(record -> runs.add(PlantTable.RunKey.of(record)));
    return runs;
  }

  /**
   * Removes the rows of runs that have no record of success, and puts right what a repeat of one
   * that has may have left. For the holder of the lease.
   *
   * @param records of all runs
   * @throws UserDataException if files that dn2 did not write are in the way
   */
  public void clearUnrecorded(List<RunRecord> records) {
    Set<PlantTable.RunKey> committed = committed(records);
    records.subList(Math.max(0, records.size() - RUNS_LOOKED_AT), records.size()).stream()
        .filter(record -> !record.isSuccess())
        .map(PlantTable.RunKey::of)
        .distinct()
        .forEach(run -> takeBack(run, committed));
  }

  /**
   * Removes the rows of a run, or, if it is a repeat of one that counts, puts right what the repeat
   * may have left. For the holder of the lease.
   *
   * @param committed the runs whose rows count
   * @throws UserDataException if files that dn2 did not write are in the way
   */
  public void takeBack(PlantTable.RunKey run, Set<PlantTable.RunKey> committed) {
    for (PlantTable table : List.of(embeddings(), rejects(), scores())) {
      if (committed.contains(run)) {
        table.heal(run);
      } else {
        table.remove(run);
      }
    }
  }
}
