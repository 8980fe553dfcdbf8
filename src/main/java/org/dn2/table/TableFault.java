package org.dn2.table;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;

/** What is wrong with a table's files or columns, where Spark says so. */
public final class TableFault {
  private static final String NO_FILES = "UNABLE_TO_INFER_SCHEMA";
  private static final String NULL_ELEMENT = "NOT_NULL_ASSERT_VIOLATION";

  /** Conditions of Spark that only data can cause, by how their names begin. */
  private static final List<String> CONDITIONS =
      List.of(
          "FAILED_READ_FILE",
          "CANNOT_READ_FILE_FOOTER",
          "CANNOT_MERGE_SCHEMAS",
          NO_FILES,
          NULL_ELEMENT,
          "USER_RAISED_EXCEPTION",
          "PARQUET_COLUMN_DATA_TYPE_MISMATCH",
          "PARQUET_TYPE_ILLEGAL",
          "PARQUET_TYPE_NOT_SUPPORTED",
          "PARQUET_TYPE_NOT_RECOGNIZED",
          "PATH_NOT_FOUND",
          "CAST_INVALID_INPUT",
          "DATATYPE_MISMATCH",
          "AMBIGUOUS_REFERENCE",
          "COLUMN_ALREADY_EXISTS");

  /** What Parquet says itself, where Spark says nothing. */
  private static final String DAMAGED_FOOTER = "can not read FileMetaData";

  private static final Pattern CONDITION = Pattern.compile("^\\[[A-Z0-9_.]+] ");
  private static final Pattern STATE = Pattern.compile(" SQLSTATE: \\w+$");

  private TableFault() {}

  /** In a sentence or two; null if neither the exception nor one of its causes says it. */
  public static String in(Throwable exception) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = exception; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof SparkThrowable spark
          && spark.getCondition() != null
          && CONDITIONS.stream().anyMatch(spark.getCondition()::startsWith)) {
        return switch (spark.getCondition()) {
          case NO_FILES -> "there is no Parquet file in it";
          case NULL_ELEMENT -> "a list of numbers holds a null";
          default -> inWords(cause);
        };
      }
      if (cause instanceof IOException
          && String.valueOf(cause.getMessage()).startsWith(DAMAGED_FOOTER)) {
        return "the footer of a Parquet file is damaged: " + firstLine(cause);
      }
    }
    return null;
  }

  private static String inWords(Throwable fault) {
    String what = firstLine(fault);
    Throwable deepest = fault;
    Set<Throwable> seen = new HashSet<>();
    while (deepest.getCause() != null && seen.add(deepest)) {
      deepest = deepest.getCause();
    }
    return deepest == fault || deepest.getMessage() == null
        ? what
        : what + " (" + firstLine(deepest) + ")";
  }

  private static String firstLine(Throwable exception) {
    String message = UserDataException.withoutStackTrace(String.valueOf(exception.getMessage()));
    String line = message.lines().findFirst().orElse("").strip();
    return STATE.matcher(CONDITION.matcher(line).replaceFirst("")).replaceFirst("");
  }
}
