package org.dn2.image;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;

import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * The files below a folder, from its listing alone: no file is opened or asked for. Folders are
 * listed once, by tasks where there are many, and the driver keeps what they found, so that the
 * listing stays the same while files come and go.
 */
final class ImageListingFolder {
  /** Fewer folders than this are listed by the driver. */
  private static final int FOLDERS_FOR_TASKS = 32;

  private static final int MOST_LISTING_TASKS = 256;
  private static final int FILES_PER_PARTITION = 4000;

  private static final StructType FILES =
      new StructType()
          .add(Tables.PATH, DataTypes.StringType, true)
          .add(Tables.SIZE_BYTES, DataTypes.LongType, true)
          .add(Tables.MODIFIED_AT, DataTypes.TimestampType, true);

  private ImageListingFolder() {}

  /**
   * Rows of path, size, time and {@code image_id}, the path below the folder; empty files are among
   * them. Hidden files and folders are left out: those whose name begins with a dot or an
   * underscore, or that are still being copied.
   *
   * @param root a folder, or one file
   * @param glob which file names to keep; null for all
   * @throws UserDataException if a folder cannot be listed
   */
  static Dataset<Row> images(SparkSession spark, FileStatus root, String glob) {
    Path folder = root.isFile() ? root.getPath().getParent() : root.getPath();
    // Hadoop's form of the path: names as they are, nothing percent-encoded.
    String prefix = folder.isRoot() ? folder.toString() : folder + Path.SEPARATOR;
    return files(spark, root, glob)
        .withColumn(
            Tables.IMAGE_ID,
            substring(
                col(Tables.PATH),
                lit(prefix.codePointCount(0, prefix.length()) + 1),
                length(col(Tables.PATH))));
  }

  private static Dataset<Row> files(SparkSession spark, FileStatus root, String glob) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    List<FoundFile> found = new ArrayList<>();
    Deque<String> folders = new ArrayDeque<>();
    NameFilter names = new NameFilter(glob);
    if (root.isFile()) {
      names.addIfWanted(root, found);
    } else {
      folders.add(root.getPath().toString());
    }
    while (!folders.isEmpty() && folders.size() < FOLDERS_FOR_TASKS) {
      list(folders.remove(), names, hadoop.value(), found, folders);
    }
    if (!folders.isEmpty()) {
      found.addAll(
          context
              .parallelize(List.copyOf(folders), Math.min(folders.size(), MOST_LISTING_TASKS))
              .flatMap(new ListFolder(glob, hadoop))
              .collect());
    }
    int partitions =
        Math.max(spark.sparkContext().defaultParallelism(), found.size() / FILES_PER_PARTITION);
    return spark.createDataFrame(
        context.parallelize(found, partitions).map(FoundFile::toRow), FILES);
  }

  /** Adds a folder's files to those found, and its folders to those that remain. */
  private static void list(
      String folder,
      NameFilter names,
      Configuration hadoop,
      List<FoundFile> found,
      Deque<String> folders) {
    Path path = new Path(folder);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      // Not listFiles: on a local disk that starts a process for each file, to ask its owner.
      RemoteIterator<FileStatus> entries = files.listStatusIterator(path);
      while (entries.hasNext()) {
        FileStatus entry = entries.next();
        if (NameFilter.isHidden(entry.getPath().getName())) {
          continue;
        }
        if (entry.isDirectory()) {
          folders.add(entry.getPath().toString());
        } else {
          names.addIfWanted(entry, found);
        }
      }
    } catch (IOException e) {
      throw new UserDataException(
          "The folder %s cannot be listed: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private record FoundFile(String path, long sizeBytes, long modifiedMilliseconds)
      implements Serializable {
    Row toRow() {
      return RowFactory.create(path, sizeBytes, new Timestamp(modifiedMilliseconds));
    }
  }

  private static final class NameFilter {
    private final GlobFilter wanted;

    NameFilter(String glob) {
      try {
        this.wanted = glob == null ? null : new GlobFilter(glob);
      } catch (IOException e) {
        throw new UserDataException(
            "The pattern %s is no glob: %s".formatted(glob, e.getMessage()), e);
      }
    }

    static boolean isHidden(String name) {
      return name.startsWith(".") || name.startsWith("_") || name.endsWith("._COPYING_");
    }

    void addIfWanted(FileStatus file, List<FoundFile> found) {
      if (wanted == null || wanted.accept(file.getPath())) {
        found.add(
            new FoundFile(file.getPath().toString(), file.getLen(), file.getModificationTime()));
      }
    }
  }

  /** The files of a folder and of all below it. */
  private record ListFolder(String glob, SerializableConfiguration hadoop)
      implements FlatMapFunction<String, FoundFile> {
    @Override
    public Iterator<FoundFile> call(String folder) {
      List<FoundFile> found = new ArrayList<>();
      Deque<String> folders = new ArrayDeque<>(List.of(folder));
      NameFilter names = new NameFilter(glob);
      while (!folders.isEmpty()) {
        list(folders.remove(), names, hadoop.value(), found, folders);
      }
      return found.iterator();
    }
  }
}
