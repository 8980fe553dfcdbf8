package org.dn2.store;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.ColumnWords;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;

/**
 * What has no row in a table, and why: a table of its own beside that one, where whoever reads all
 * files of that one does not come by it. It is there only where something was rejected.
 */
public final class RejectsTable {
  /** What it has behind the name of the other table. */
  private static final String SUFFIX = "_rejects";

  private final CommittedFolder folder;
  private final SparkSession spark;
  private final Configuration hadoop;

  private RejectsTable(CommittedFolder folder, SparkSession spark, Configuration hadoop) {
    this.folder = folder;
    this.spark = spark;
    this.hadoop = hadoop;
  }

  /** Where the rejects of a table go; in its folder only where that is a store's root. */
  public static String beside(String table) {
    Path path = LiteralPath.given(table);
    Path parent = path.getParent();
    return LiteralPath.in(parent == null ? path : parent, path.getName() + SUFFIX).toString();
  }

  /**
   * Looks at the place.
   *
   * @param place as {@link #beside} tells it
   * @param command that writes the table
   * @throws org.dn2.table.UserDataException if it may not be taken
   */
  public static RejectsTable claim(Destination place, String command, SparkSession spark) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    return new RejectsTable(CommittedFolder.claim(place, command, hadoop), spark, hadoop);
  }

  /**
   * Writes and commits, as one file. To be called before the other table is committed: then the
   * rejects are there when that is. Without any, what was written before is emptied.
   *
   * @param rejects null for none
   * @return the folder; null where nothing was written
   */
  public Path write(Dataset<Row> rejects) {
    Dataset<Row> rows = rejects;
    if (rows == null) {
      WholeFolder before = WholeFolder.find(folder.target(), hadoop);
      if (before == null) {
        return null;
      }
      rows = before.table("", spark).limit(0);
    }
    Dataset<Row> written = ColumnWords.written(rows.coalesce(1), Tables.REJECTS);
    folder.write(
        draft -> {
          draft.table("", written);
          return null;
        });
    return folder.target();
  }
}
