package org.dn2.table;

/**
 * Says that a store or the machines are at fault, not the user's data, and what to do about it. The
 * message is complete by itself: the command line prints it without a stack trace and exits with 3.
 */
public final class ClusterFaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClusterFaultException(String message, Throwable cause) {
    super(UserDataException.withoutStackTrace(message), cause);
  }

  private ClusterFaultException(String message) {
    super(message);
  }

  /**
   * Says that the memory did not suffice for an image. How many tasks run beside each other has a
   * part in that, so it says nothing of the image.
   *
   * @param image its id
   */
  public static ClusterFaultException outOfMemory(String image, OutOfMemoryError error) {
    ClusterFaultException fault =
        new ClusterFaultException(
            ("The memory ran out at the image %s (%s). Give the process more: DN2_HEAP for ./dn2,"
                    + " spark.executor.memory on a cluster; or let fewer tasks share it, by a"
                    + " larger spark.task.cpus.")
                .formatted(image, error.getMessage()));
    // Not as the cause: Spark ends the whole process where it finds such an error among the causes.
    fault.addSuppressed(error);
    return fault;
  }
}
