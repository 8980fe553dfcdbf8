package org.dn2.pipeline;

import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.dn2.table.UserDataException;

/** Faults of the user's data or settings that Spark and Hadoop find, in other exceptions' guise. */
public final class DataFaults {
  private static final int FRAMES_LOOKED_AT = 3;

  /** Conditions of Spark that only data can cause, by how their names begin. */
  private static final List<String> CONDITIONS =
      List.of(
          "FAILED_READ_FILE",
          "CANNOT_READ_FILE_FOOTER",
          "CANNOT_MERGE_SCHEMAS",
          "UNABLE_TO_INFER_SCHEMA",
          "PARQUET_COLUMN_DATA_TYPE_MISMATCH",
          "PARQUET_TYPE_ILLEGAL",
          "PARQUET_TYPE_NOT_SUPPORTED",
          "PARQUET_TYPE_NOT_RECOGNIZED",
          "PATH_NOT_FOUND",
          "CAST_INVALID_INPUT",
          "DATATYPE_MISMATCH",
          "AMBIGUOUS_REFERENCE",
          "COLUMN_ALREADY_EXISTS");

  private static final Set<String> PATH_CLASSES =
      Set.of(Path.class.getName(), "org.apache.hadoop.fs.PathUtils");

  private DataFaults() {}

  /** What is wrong with the data, in a sentence; null if an exception does not say that. */
  public static String in(Throwable exception) {
    if (exception instanceof SparkThrowable spark
        && spark.getCondition() != null
        && CONDITIONS.stream().anyMatch(spark.getCondition()::startsWith)) {
      return "A table cannot be read: " + firstLine(exception);
    }
    if (exception instanceof URISyntaxException
        || (exception instanceof IllegalArgumentException && isThrownByPath(exception))) {
      return "A path is malformed: " + firstLine(exception);
    }
    return null;
  }

  private static boolean isThrownByPath(Throwable exception) {
    return Stream.of(exception.getStackTrace())
        .limit(FRAMES_LOOKED_AT)
        .anyMatch(frame -> PATH_CLASSES.contains(frame.getClassName()));
  }

  private static String firstLine(Throwable exception) {
    String message = UserDataException.withoutStackTrace(String.valueOf(exception.getMessage()));
    return message.lines().findFirst().orElse(exception.getClass().getSimpleName()).strip();
  }
}
