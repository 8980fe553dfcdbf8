package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that has done some work and not all of it, noted in a hidden file beside its output, so
 * that it can be gone on with by whoever does not remember its id.
 */
public final class UnfinishedRun {
  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRun.class);

  private final Path target;
  private final HiddenName hidden;
  private final RunId runId;
  private final Configuration hadoop;

  public UnfinishedRun(Destination output, Configuration hadoop) {
    this.target = output.path(hadoop);
    this.hidden = new HiddenName(target);
    this.runId = output.runId();
    this.hadoop = hadoop;
  }

  /**
   * Notes that there is something to go on with.
   *
   * @throws UserDataException if nothing can be written beside the output
   */
  public void note() {
    try {
      SmallFiles.replace(hidden.unfinished(runId), SmallFiles.json(runId.value()), hadoop);
    } catch (IOException e) {
      throw CommittedFolder.cannotWrite(target.toString(), e);
    }
  }

  /** Does work, and adds to its failure how to go on, if there is a note and nothing says so. */
  public <T> T orSayHowToGoOn(Supplier<T> work) {
    try {
      return work.get();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      if (KeptWork.in(e) == null && isNoted()) {
        e.addSuppressed(KeptWork.of(runId));
      }
      throw e;
    }
  }

  private boolean isNoted() {
    try {
      return target.getFileSystem(hadoop).exists(hidden.unfinished(runId));
    } catch (IOException e) {
      LOG.warn("Whether run {} of {} can be gone on with: {}", runId, target, e.getMessage());
      return false;
    }
  }

  /** Removes the note and all parts of the run. */
  public void end() {
    try {
      FileSystem files = target.getFileSystem(hadoop);
      for (FileStatus entry : beside()) {
        if (hidden.fingerprintOf(entry.getPath().getName(), runId) != null) {
          files.delete(entry.getPath(), true);
        }
      }
      files.delete(hidden.unfinished(runId), false);
    } catch (IOException e) {
      LOG.warn("What the finished run {} left beside {} stays: {}", runId, target, e.getMessage());
    }
  }

  private FileStatus[] beside() throws IOException {
    try {
      return target.getFileSystem(hadoop).listStatus(hidden.folder());
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  /** Removes the note where there is no part to go on with, and what is left of such parts. */
  public void endIfNothingIsKept() {
    try {
      FileSystem files = target.getFileSystem(hadoop);
      boolean isKept = files.exists(new Path(target, Occupant.NOTES));
      for (FileStatus entry : beside()) {
        String fingerprint = hidden.fingerprintOf(entry.getPath().getName(), runId);
        if (fingerprint == null) {
          continue;
        }
        if (new Parts(entry.getPath(), runId, fingerprint, hadoop).isEmpty()) {
          files.delete(entry.getPath(), true);
        } else {
          isKept = true;
        }
      }
      if (!isKept) {
        files.delete(hidden.unfinished(runId), false);
      }
    } catch (IOException e) {
      LOG.warn("What the run {} left beside {} stays: {}", runId, target, e.getMessage());
    }
  }

  /** Removes the note where the output's folder was not made, or is empty, and then that too. */
  public void endIfNothingIsThere() {
    try {
      FileSystem files = target.getFileSystem(hadoop);
      if (!files.exists(target)) {
        end();
      } else if (files.listStatus(target).length == 0) {
        files.delete(target, false);
        end();
      }
    } catch (IOException e) {
      LOG.warn("What the run {} left beside {} stays: {}", runId, target, e.getMessage());
    }
  }

  /**
   * The one unfinished run of an output.
   *
   * @throws UserDataException if there is none, or more than one
   */
  public static RunId of(String output, SparkSession spark) {
    List<RunId> unfinished = all(output, spark.sessionState().newHadoopConf());
    if (unfinished.isEmpty()) {
      throw new UserDataException(
          "There is no unfinished run of %s to go on with. Leave out --resume.".formatted(output));
    }
    if (unfinished.size() > 1) {
      throw new UserDataException(
          "There is more than one unfinished run of %s: %s. Name one by --run-id."
              .formatted(
                  output, unfinished.stream().map(RunId::value).collect(Collectors.joining(", "))));
    }
    return unfinished.get(0);
  }

  private static List<RunId> all(String output, Configuration hadoop) {
    Path target = Destination.qualified(output, hadoop);
    HiddenName hidden = new HiddenName(target);
    TreeSet<String> ids = new TreeSet<>();
    try {
      FileSystem files = target.getFileSystem(hadoop);
      for (FileStatus entry : files.listStatus(hidden.folder())) {
        String run = hidden.runOf(entry.getPath().getName());
        if (run != null) {
          ids.add(run);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UserDataException(output + " cannot be looked at: " + e.getMessage(), e);
    }
    List<RunId> runs = new ArrayList<>();
    ids.forEach(id -> runs.add(new RunId(id)));
    return runs;
  }
}
