package org.dn2.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;

/**
 * Names of what lies hidden beside an output: the output's name and the run's, told apart by a sign
 * that no run's id has. An output that is a part of a table, such as {@code
 * scores/run_date=2026-11-24/run_id=a}, has it beside the table: readers that take every Parquet
 * file below the table, hidden or not, do not come by it.
 */
final class HiddenName {
  private static final String OLD = "~old";
  private static final String ATTEMPT = "[0-9a-f]{12}";
  private static final String FINGERPRINT = "[0-9a-f]{16}";

  private final Path folder;
  private final String name;

  private HiddenName(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  HiddenName(Path target) {
    this(tableOf(target), target);
  }

  private HiddenName(Path table, Path target) {
    this(
        table.getParent(),
        "."
            + table.getName()
            + target.toString().substring(table.toString().length()).replace('/', '~'));
  }

  /** The names of earlier versions, beside the output itself. */
  static HiddenName ofEarlierVersions(Path target) {
    return new HiddenName(target.getParent(), "." + target.getName());
  }

  /** The table of which the target is a run's part; the target itself where it is none. */
  private static Path tableOf(Path target) {
    Path date = target.getParent();
    boolean isOfRun =
        target.getName().startsWith(Tables.RUN_ID + "=")
            && date.getName().startsWith(Tables.RUN_DATE + "=")
            // A store's root has nothing beside it.
            && date.getParent().getParent() != null;
    return isOfRun ? date.getParent() : target;
  }

  /** Where all of it lies. */
  Path folder() {
    return folder;
  }

  private Path beside(String what) {
    return LiteralPath.in(folder, name + what);
  }

  private String own(String run) {
    return Pattern.quote(name + "~" + run);
  }

  /** Whether a name in the folder is one of the output's. */
  boolean isOwn(String entry) {
    return entry.startsWith(name + "~");
  }

  /** The output that another is about to replace. */
  Path old() {
    return beside(OLD);
  }

  Path staging(RunId run, String attempt) {
    return beside("~" + run.value() + "~" + attempt + ".staging");
  }

  boolean isStaging(String entry, RunId run) {
    return entry.matches(own(run.value()) + "~" + ATTEMPT + "\\.staging");
  }

  Path parts(RunId run, String fingerprint) {
    return beside("~" + run.value() + "~" + fingerprint + ".parts");
  }

  /** The fingerprint of parts; null if the name is none of this run's parts. */
  String fingerprintOf(String entry, RunId run) {
    Matcher matcher =
        Pattern.compile(own(run.value()) + "~(" + FINGERPRINT + ")\\.parts").matcher(entry);
    return matcher.matches() ? matcher.group(1) : null;
  }

  /** The note that a run has not ended. */
  Path unfinished(RunId run) {
    return beside("~" + run.value() + ".unfinished");
  }

  /** The run of a note; null if the name is none of this output's notes. */
  String runOf(String entry) {
    Matcher matcher =
        Pattern.compile(Pattern.quote(name + "~") + "([^~]+)\\.unfinished").matcher(entry);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
