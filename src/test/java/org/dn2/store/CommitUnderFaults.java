package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.table.UserDataException;
import org.dn2.testing.Faults;

/**
 * One commit, again and again, of which each call to the store fails in turn, or is the last that
 * the process makes; and what must be true after each.
 */
final class CommitUnderFaults {
  private static final RunId OLD = new RunId("old");
  private static final RunId NEW = new RunId("new");

  private final Configuration hadoop;
  private final Path root;
  private int number;

  /**
   * @param root on a store whose calls {@link Faults} sees
   */
  CommitUnderFaults(Configuration hadoop, Path root) {
    this.hadoop = hadoop;
    this.root = root;
  }

  /** Each call of a first output fails. */
  List<String> first(Faults.Kind kind) throws IOException {
    return eachCall(kind, false);
  }

  /** Each call of an output that replaces another fails. */
  List<String> replacing(Faults.Kind kind) throws IOException {
    return eachCall(kind, true);
  }

  private List<String> eachCall(Faults.Kind kind, boolean replaces) throws IOException {
    for (int call = 1; ; call++) {
      Path place = new Path(new Path(root, "try-" + number++), "out");
      if (replaces) {
        write(place, OLD);
      }
      Faults.begin(kind, call);
      boolean isDone = false;
      try {
        write(place, NEW);
        isDone = true;
      } catch (UserDataException | Faults.Died e) {
        // What must be true now is looked at below.
        isDone = false;
      }
      List<String> calls = Faults.end();
      String what = "%s %s at call %d of %s".formatted(kind, replaces, call, calls);
      requireWhole(place, isDone, replaces, kind, what);
      write(place, NEW);
      assertThat(content(place)).as(what).isEqualTo("new new");
      assertThat(namesBeside(place))
          .as("nothing is left after the repeat, " + what)
          .isEqualTo(List.of("out"));
      if (calls.size() < call) {
        return calls;
      }
    }
  }

  private void requireWhole(
      Path place, boolean isDone, boolean replaces, Faults.Kind kind, String what) {
    if (isDone) {
      assertThat(content(place)).as(what).isEqualTo("new new");
      return;
    }
    if (kind == Faults.Kind.DIE && replaces) {
      // The next who comes puts back what was moved aside.
      assertThatThrownBy(
              () ->
                  CommittedFolder.claim(
                      new Destination(place.toString(), new RunId("other"), ExistingOutput.KEEP),
                      "embed",
                      hadoop))
          .as(what)
          .hasMessageContaining("is there already, written by the run");
    }
    String content = content(place);
    if (replaces) {
      assertThat(content).as(what).isIn("old old", "new new");
    } else {
      assertThat(content).as(what).isIn(null, "new new");
    }
  }

  private void write(Path place, RunId run) {
    CommittedFolder.claim(
            new Destination(place.toString(), run, ExistingOutput.REPLACE), "embed", hadoop)
        .write(
            draft -> {
              draft.file("one.txt", run.value());
              draft.file("in/two.txt", run.value());
              return null;
            });
  }

  /** What the output says, null if there is none; never a part. */
  private String content(Path place) {
    WholeFolder whole = WholeFolder.find(place, hadoop);
    try {
      return whole == null
          ? null
          : new String(whole.file("one.txt"), StandardCharsets.UTF_8)
              + " "
              + new String(whole.file("in/two.txt"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError("an output that is whole can be read", e);
    }
  }

  private List<String> namesBeside(Path place) throws IOException {
    FileSystem files = place.getFileSystem(hadoop);
    List<String> names = new ArrayList<>();
    for (FileStatus entry : files.listStatus(place.getParent())) {
      names.add(entry.getPath().getName());
    }
    return names;
  }
}
