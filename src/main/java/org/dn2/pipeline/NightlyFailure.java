package org.dn2.pipeline;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.SparkThrowable;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.Redacted;
import org.dn2.table.UserDataException;

/** Why a night failed, in a sentence for its record. */
final class NightlyFailure {
  /** Spark's name for what befalls the jobs of a process that is told to end. */
  private static final String CANCELLED = "SPARK_JOB_CANCELLED";

  private NightlyFailure() {}

  /** The message that a person would be told, without credentials. */
  static String inWords(Throwable failure) {
    return Redacted.of(message(failure));
  }

  private static String message(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof UserDataException || cause instanceof ClusterFaultException) {
        return cause.getMessage();
      }
      if (cause instanceof SparkThrowable fault && CANCELLED.equals(fault.getCondition())) {
        return "The run was stopped before its end.";
      }
      String fault = DataFaults.in(cause);
      if (fault != null) {
        return fault;
      }
    }
    return UserDataException.withoutStackTrace(String.valueOf(failure));
  }
}
