package org.dn2.pipeline;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** How many listed images could not be used, and why; stops a run that has too many of them. */
record Rejects(Map<String, Long> byReason) {
  private static final int EXAMPLES = 5;

  /**
   * Checks the largest fraction of rejects that a user allows.
   *
   * @throws UserDataException if it is not from 0 to 1
   */
  static void requireFraction(double maxRejectFraction) {
    if (!(maxRejectFraction >= 0 && maxRejectFraction <= 1)) {
      throw new UserDataException(
          "The largest fraction of rejects is " + maxRejectFraction + "; it must be from 0 to 1.");
    }
  }

  long total() {
    return byReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How most commands name the largest fraction that is allowed. */
  static final String OPTION = "--max-reject-fraction";

  /** The number and the reasons, such as {@code 3 rejected (1 empty, 2 truncated)}. */
  @Override
  public String toString() {
    String reasons =
        byReason.entrySet().stream()
            .map(reason -> reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining(", ", " (", ")"));
    return String.format(Locale.ROOT, "%,d rejected%s", total(), total() == 0 ? "" : reasons);
  }

  /**
   * Checks that most images could be used.
   *
   * @param counts all counts, for the message
   * @param setting that allows for more
   * @param rejects rows of {@link Tables#REJECTS}, for examples in the message
   * @throws UserDataException if none could be used, or more were rejected than allowed
   */
  void requireFew(
      String input,
      double maxRejectFraction,
      long listed,
      String counts,
      String setting,
      Dataset<Row> rejects) {
    boolean noneIsUsable = total() == listed;
    if (!noneIsUsable && total() <= maxRejectFraction * listed) {
      return;
    }
    String examples =
        rejects.orderBy(Tables.IMAGE_ID).limit(EXAMPLES).collectAsList().stream()
            .map(
                row ->
                    "\n  %s: %s: %s"
                        .formatted(
                            Printable.of(row.getAs(Tables.IMAGE_ID)),
                            row.<String>getAs(Tables.REASON),
                            Printable.of(String.valueOf(row.<String>getAs(Tables.MESSAGE)))))
            .collect(Collectors.joining());
    if (noneIsUsable) {
      throw new UserDataException(
          "There is no usable image in %s: %s.%s".formatted(input, counts, examples));
    }
    throw new UserDataException(
        "Too many images of %s were rejected: %s; the largest fraction allowed is %s. Mend or leave out these files, or raise %s.%s"
            .formatted(input, counts, maxRejectFraction, setting, examples));
  }
}
