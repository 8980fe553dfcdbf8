package org.dn2.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.table.UserDataException;

/**
 * A place for an output that appears whole or not at all, and is replaced whole or stays. Where the
 * store renames folders in one step, the output is written beside its place and renamed ({@link
 * RenamedFolder}); on S3, where a rename copies file by file, it is written in its place and counts
 * once its marker is there ({@link InPlaceFolder}). docs/decisions/0023 says what a reader sees.
 */
public abstract class CommittedFolder {
  /** What S3A says of itself; there, nothing is renamed. */
  static final String WRITES_IN_PLACE = "fs.s3a.capability.magic.committer";

  final Path target;
  final String command;
  final RunId runId;
  final ExistingOutput existing;
  final Configuration hadoop;
  final FileSystem files;

  CommittedFolder(Path target, Destination destination, String command, Configuration hadoop)
      throws IOException {
    this.files = target.getFileSystem(hadoop);
    this.target = target;
    this.command = command;
    this.runId = destination.runId();
    this.existing = destination.existing();
    this.hadoop = hadoop;
  }

  /**
   * Looks at the place, puts back what a run that died had moved aside, and removes what is left of
   * this run's earlier attempts.
   *
   * @param command that writes such outputs: another's is never replaced
   * @throws UserDataException if the place may not be taken
   */
  public static CommittedFolder claim(
      Destination destination, String command, Configuration hadoop) {
    Path target = destination.path(hadoop);
    try {
      FileSystem files = target.getFileSystem(hadoop);
      CommittedFolder folder =
          files.hasPathCapability(target, WRITES_IN_PLACE)
              ? new InPlaceFolder(target, destination, command, hadoop)
              : new RenamedFolder(target, destination, command, hadoop);
      folder.heal();
      folder.occupant();
      return folder;
    } catch (IOException e) {
      throw cannotWrite(target.toString(), e);
    }
  }

  /** Puts right what a run that died left. */
  abstract void heal() throws IOException;

  /**
   * Lets the writer fill a draft and commits it.
   *
   * @return what the writer returns
   * @throws UserDataException if the store refuses, or another run was faster
   */
  public final <T> T write(Function<Draft, T> writer) {
    return write(null, writer);
  }

  /**
   * Lets the writer add to parts that were written before and commits all; what fails leaves the
   * parts as they are.
   *
   * @param parts of this folder
   */
  public final <T> T write(Parts parts, Function<Draft, T> writer) {
    try {
      return commit(parts, writer);
    } catch (IOException e) {
      throw failure(e);
    } catch (UncheckedIOException e) {
      throw failure(e.getCause());
    }
  }

  /** Says by whom, if another run was faster. */
  private UserDataException failure(IOException e) {
    try {
      Marker there = Marker.of(target, hadoop);
      if (there != null && existing == ExistingOutput.KEEP) {
        there.requireOf(runId, target);
      }
    } catch (IOException again) {
      e.addSuppressed(again);
    } catch (UserDataException faster) {
      faster.addSuppressed(e);
      return faster;
    }
    return cannotWrite(target.toString(), e);
  }

  abstract <T> T commit(Parts parts, Function<Draft, T> writer) throws IOException;

  /**
   * Parts of the output's own table, which later tries of this run go on with.
   *
   * @param fingerprint of everything that the rows depend on; others' parts are not seen
   */
  public final Parts parts(String fingerprint) {
    return new Parts(partsFolder(fingerprint), runId, fingerprint, hadoop);
  }

  abstract Path partsFolder(String fingerprint);

  public final Path target() {
    return target;
  }

  /** What is there now, and may be replaced. */
  final Occupant occupant() throws IOException {
    Occupant occupant = Occupant.of(target, hadoop);
    occupant.requireReplaceable(target, command, runId, existing);
    return occupant;
  }

  /** Twelve hexadecimal digits. */
  static String newAttempt() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  }

  static UserDataException cannotWrite(String target, Exception e) {
    return new UserDataException(
        "The output %s cannot be written: %s. Is the folder writable, and is there space?"
            .formatted(target, e.getMessage()),
        e);
  }
}
