package org.dn2.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * What lies at an input's path, and of which format it is.
 *
 * @param format never {@link ImageInput.Format#AUTO}
 */
record ImageListingSource(
    SparkSession spark,
    ImageInput input,
    FileStatus root,
    ImageListingFolder folder,
    ImageInput.Format format) {

  /**
   * Looks.
   *
   * @throws UserDataException if nothing is there, or a pattern is malformed
   */
  static ImageListingSource of(SparkSession spark, ImageInput input) {
    requirePattern("label", input.labelPattern());
    requirePattern("group", input.groupPattern());
    FileStatus root = requireExists(input.path(), spark.sessionState().newHadoopConf());
    ImageListingFolder folder = new ImageListingFolder(spark, root, input.glob());
    ImageInput.Format format = input.format();
    if (format == ImageInput.Format.AUTO) {
      format = ImageListingFormat.of(spark, root, folder.kinds());
    }
    return new ImageListingSource(spark, input, root, folder, format);
  }

  /** The images, with the columns that the source has. */
  ImageListing.Found images() {
    return switch (format) {
      case FOLDER -> folder.images();
      case MANIFEST -> ImageListingManifest.images(spark, root, input);
      case TABLE -> ImageListing.all(ImageListingTable.images(spark, root));
      case AUTO -> throw new AssertionError("the format has been found out");
    };
  }

  /**
   * The images, kept, with the size and time of each one's file.
   *
   * @param keep gives back the rows that it is given, kept so that they stay as they are
   */
  ImageListing.Found images(UnaryOperator<Dataset<Row>> keep) {
    if (format == ImageInput.Format.FOLDER) {
      return folder.images(keep);
    }
    ImageListing.Found found = images();
    Dataset<Row> rows =
        format == ImageInput.Format.MANIFEST
            ? ImageListingStatus.of(found.images())
            : found.images();
    return new ImageListing.Found(keep.apply(rows), found.leftOut());
  }

  private static FileStatus requireExists(String path, Configuration configuration) {
    try {
      Path hadoopPath = LiteralPath.hadoop(path);
      return hadoopPath.getFileSystem(configuration).getFileStatus(hadoopPath);
    } catch (FileNotFoundException e) {
      throw new UserDataException(
          "There is nothing at %s; give the path of a folder, a manifest or a Parquet table."
              .formatted(path),
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserDataException(
          "The path %s cannot be looked at: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static void requirePattern(String what, String pattern) {
    if (pattern == null) {
      return;
    }
    try {
      if (Pattern.compile(pattern).matcher("").groupCount() < 1) {
        throw new UserDataException(
            "The %s pattern %s has no group; put parentheses around the part that is the %s."
                .formatted(what, pattern, what));
      }
    } catch (PatternSyntaxException e) {
      throw new UserDataException(
          "The %s pattern %s is not a regular expression: %s"
              .formatted(what, pattern, e.getDescription()),
          e);
    }
  }
}
