package org.dn2.pipeline;

import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.dn2.table.TableFault;
import org.dn2.table.UserDataException;

/** Faults of the user's data or settings that Spark and Hadoop find, in other exceptions' guise. */
public final class DataFaults {
  private static final int FRAMES_LOOKED_AT = 3;

  private static final Set<String> PATH_CLASSES =
      Set.of(Path.class.getName(), "org.apache.hadoop.fs.PathUtils");

  private DataFaults() {}

  /** What is wrong with the data, in a sentence; null if an exception does not say that. */
  public static String in(Throwable exception) {
    String tableFault = TableFault.in(exception);
    if (tableFault != null) {
      return "A table cannot be read: " + tableFault;
    }
    if (exception instanceof URISyntaxException
        || (exception instanceof IllegalArgumentException && isThrownByPath(exception))) {
      return "A path is malformed: " + firstLine(exception);
    }
    return null;
  }

  /**
   * Does work on inputs. What is wrong with them is told with their names.
   *
   * @param places of the inputs
   * @throws UserDataException if the work fails for a fault of the data
   */
  static <T> T naming(List<String> places, Supplier<T> work) {
    try {
      return work.get();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      String fault = inOneOf(e);
      if (fault != null && places.stream().noneMatch(fault::contains)) {
        throw new UserDataException(String.join(" and ", places) + ": " + fault, e);
      }
      throw e;
    }
  }

  private static String inOneOf(Throwable exception) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = exception; cause != null && seen.add(cause); cause = cause.getCause()) {
      String fault = cause instanceof UserDataException ? cause.getMessage() : in(cause);
      if (fault != null) {
        return fault;
      }
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
