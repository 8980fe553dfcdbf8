package org.dn2.image;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.table.Tables;

/**
 * The files below a folder, from its listing alone: no file is opened. Folders are listed once, by
 * tasks where there are many, and the driver keeps what they found, so that the listing stays the
 * same while files come and go.
 */
final class ImageListingFolder {
  /** Fewer folders than this are listed by the driver. */
  private static final int FOLDERS_FOR_TASKS = 32;

  private static final int MOST_LISTING_TASKS = 256;
  private static final int FILES_PER_PARTITION = 4000;

  static final StructType FILES =
      new StructType()
          .add(Tables.IMAGE_ID, DataTypes.StringType, false)
          .add(Tables.PATH, DataTypes.StringType, true)
          .add(Tables.SIZE_BYTES, DataTypes.LongType, true)
          .add(Tables.MODIFIED_AT, DataTypes.TimestampType, true)
          .add(Tables.STORE_TAG, DataTypes.StringType, true);

  private final SparkSession spark;
  private final FileStatus root;
  private final String glob;
  private final ListFolders listing;
  private final FolderWalk walk;

  /**
   * @param root a folder, or one file, which no rule but the glob leaves out
   * @param glob which file names to keep, in any letter case; null for all
   * @throws org.dn2.table.UserDataException if the glob is malformed
   */
  ImageListingFolder(SparkSession spark, FileStatus root, String glob) {
    this.spark = spark;
    this.root = root;
    this.glob = glob;
    this.listing =
        new ListFolders(
            root.getPath().toString(),
            glob,
            new SerializableConfiguration(spark.sessionState().newHadoopConf()));
    this.walk = listing.walk(root.isFile() ? List.of() : List.of(FolderWalk.first(listing.root())));
  }

  /**
   * The kinds of files that are there: all if there is but one, else some of them. As few folders
   * are listed for it as will do, and none of them again for {@link #images}.
   *
   * @throws org.dn2.table.UserDataException if a folder cannot be listed
   */
  Set<FileKind> kinds() {
    if (root.isFile()) {
      return Set.of(FileKind.of(root.getPath().getName()));
    }
    walk.stepUntilKindIsTold();
    return walk.kinds();
  }

  /**
   * Rows of {@code image_id}, the path below the folder, and of path, size and time; empty files
   * are among them, and those that cannot be opened: links that lead nowhere, and names that are
   * not UTF-8, which have no path. What is left out and why, {@link LeftOutRule} tells.
   *
   * @throws org.dn2.table.UserDataException if a folder cannot be listed
   */
  ImageListing.Found images() {
    FolderWalk.Found found = root.isFile() ? file() : files();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int partitions =
        Math.max(
            spark.sparkContext().defaultParallelism(), found.files().size() / FILES_PER_PARTITION);
    return new ImageListing.Found(
        spark.createDataFrame(
            context.parallelize(found.files(), partitions).map(ImageListingFolder::row), FILES),
        LeftOut.of(found.leftOut()));
  }

  static Row row(FoundFile file) {
    return RowFactory.create(
        file.imageId(),
        file.path(),
        file.sizeBytes(),
        file.modifiedMilliseconds() == null ? null : new Timestamp(file.modifiedMilliseconds()),
        file.storeTag());
  }

  /**
   * The rows of {@link #images}, of which the driver holds but those of the outermost folders.
   *
   * @param keep gives back the rows that it is given, kept so that they stay as they are
   * @throws org.dn2.table.UserDataException if a folder cannot be listed
   */
  ImageListing.Found images(UnaryOperator<Dataset<Row>> keep) {
    if (root.isFile()) {
      return images();
    }
    while (walk.remaining() > 0
        && walk.remaining() < FOLDERS_FOR_TASKS
        && walk.found().files().size() < FILES_PER_PARTITION) {
      walk.step();
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ListFolders list = listing;
    JavaRDD<Row> entries = context.parallelize(ImageListingEntries.of(walk.takeFound()), 1);
    List<FolderWalk.Folder> folders = walk.folders();
    if (!folders.isEmpty()) {
      entries =
          entries.union(
              context
                  .parallelize(folders, Math.min(folders.size(), MOST_LISTING_TASKS))
                  .flatMap(folder -> new ImageListingEntries(list.walk(List.of(folder)))));
    }
    return ImageListingEntries.found(
        keep.apply(spark.createDataFrame(entries, ImageListingEntries.SCHEMA)));
  }

  private FolderWalk.Found file() {
    String name = root.getPath().getName();
    if (!new NameRules(glob).isWanted(name)) {
      return new FolderWalk.Found(List.of(), Map.of(LeftOutRule.GLOB, 1L));
    }
    FoundFile found = FoundFile.stored(name, root);
    return new FolderWalk.Found(List.of(found), Map.of());
  }

  private FolderWalk.Found files() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    while (walk.remaining() > 0 && walk.remaining() < FOLDERS_FOR_TASKS) {
      walk.step();
    }
    List<FolderWalk.Folder> folders = walk.folders();
    List<FoundFile> files = new ArrayList<>(walk.found().files());
    Map<LeftOutRule, Long> leftOut = new EnumMap<>(LeftOutRule.class);
    leftOut.putAll(walk.found().leftOut());
    if (!folders.isEmpty()) {
      for (FolderWalk.Found found :
          context
              .parallelize(folders, Math.min(folders.size(), MOST_LISTING_TASKS))
              .map(listing)
              .collect()) {
        files.addAll(found.files());
        found.leftOut().forEach((rule, count) -> leftOut.merge(rule, count, Long::sum));
      }
    }
    return new FolderWalk.Found(files, leftOut);
  }

  /** What is in a folder and in all below it. */
  private record ListFolders(String root, String glob, SerializableConfiguration hadoop)
      implements Function<FolderWalk.Folder, FolderWalk.Found> {
    FolderWalk walk(List<FolderWalk.Folder> begin) {
      Configuration configuration = hadoop.value();
      return new FolderWalk(root, begin, new NameRules(glob), configuration);
    }

    @Override
    public FolderWalk.Found call(FolderWalk.Folder folder) {
      FolderWalk walk = walk(List.of(folder));
      while (walk.remaining() > 0) {
        walk.step();
      }
      return walk.found();
    }
  }
}
