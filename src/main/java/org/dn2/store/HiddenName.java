package org.dn2.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.dn2.table.LiteralPath;

/**
 * Names of what lies hidden beside an output: the output's name and the run's, told apart by a sign
 * that no run's id has.
 */
final class HiddenName {
  private static final String OLD = "~old";
  private static final String ATTEMPT = "[0-9a-f]{12}";
  private static final String FINGERPRINT = "[0-9a-f]{16}";

  private final Path target;

  HiddenName(Path target) {
    this.target = target;
  }

  private Path beside(String what) {
    return LiteralPath.in(target.getParent(), "." + target.getName() + what);
  }

  private String own(String run) {
    return Pattern.quote("." + target.getName() + "~" + run);
  }

  /** The output that another is about to replace. */
  Path old() {
    return beside(OLD);
  }

  Path staging(RunId run, String attempt) {
    return beside("~" + run.value() + "~" + attempt + ".staging");
  }

  boolean isStaging(String name, RunId run) {
    return name.matches(own(run.value()) + "~" + ATTEMPT + "\\.staging");
  }

  Path parts(RunId run, String fingerprint) {
    return beside("~" + run.value() + "~" + fingerprint + ".parts");
  }

  /** The fingerprint of parts; null if the name is none of this run's parts. */
  String fingerprintOf(String name, RunId run) {
    Matcher matcher =
        Pattern.compile(own(run.value()) + "~(" + FINGERPRINT + ")\\.parts").matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }

  /** The note that a run has not ended. */
  Path unfinished(RunId run) {
    return beside("~" + run.value() + ".unfinished");
  }

  /** The run of a note; null if the name is none of this output's notes. */
  String runOf(String name) {
    Matcher matcher =
        Pattern.compile(Pattern.quote("." + target.getName() + "~") + "([^~]+)\\.unfinished")
            .matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
