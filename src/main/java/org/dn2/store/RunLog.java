package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.json.JsonText;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of a plant, one at a time. Each has a number, taken by creating its lease, and one
 * record, created by itself at its end or by the run that finds it dead: whoever comes second with
 * a record has not done anything that counts. Times are the store's, whatever the machines' clocks
 * say.
 */
public final class RunLog {
  private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

  private static final Pattern NAME = Pattern.compile("(\\d{6,18})\\.(json|lease)");
  private static final String RECORD = ".json";
  private static final String LEASE = ".lease";
  private static final String SIGN_OF_LIFE = ".alive";
  private static final int ATTEMPTS = 5;

  private final Path folder;
  private final Configuration hadoop;

  /**
   * The log in a folder, which need not be there yet.
   *
   * @param folder with its store's name
   */
  RunLog(Path folder, Configuration hadoop) {
    this.folder = folder;
    this.hadoop = hadoop;
  }

  Path folder() {
    return folder;
  }

  private Path file(long sequence, String ending) {
    return new Path(folder, String.format(Locale.ROOT, "%06d%s", sequence, ending));
  }

  Path record(long sequence) {
    return file(sequence, RECORD);
  }

  Path signOfLife(long sequence) {
    return file(sequence, SIGN_OF_LIFE);
  }

  /** The records of all runs that have ended, by number. */
  public List<RunRecord> records() {
    try {
      List<Path> files = new ArrayList<>();
      for (long sequence : sequences(RECORD)) {
        files.add(record(sequence));
      }
      return ManyFiles.each(files, this::readRecord);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private RunRecord readRecord(Path file) throws IOException {
    return JsonText.of(SmallFiles.read(file, hadoop), file.toString()).as(RunRecord.class);
  }

  private NavigableSet<Long> sequences(String ending) throws IOException {
    NavigableSet<Long> sequences = new TreeSet<>();
    for (FileStatus entry : WholeFolder.listIfThere(folder.getFileSystem(hadoop), folder)) {
      Matcher name = NAME.matcher(entry.getPath().getName());
      if (name.matches() && entry.getPath().getName().endsWith(ending)) {
        sequences.add(Long.valueOf(name.group(1)));
      }
    }
    return sequences;
  }

  private UserDataException unreadable(IOException e) {
    return new UserDataException(
        "The records of runs in %s cannot be read: %s".formatted(folder, e.getMessage()), e);
  }

  /**
   * Begins a run, if no other is at work. One that died is recorded as abandoned.
   *
   * @param duration how long a run that gives no sign of life keeps others out
   * @throws UserDataException if another run is at work, naming it
   */
  public Lease begin(RunId runId, LocalDate runDate, Duration duration) {
    RunClaim claim =
        new RunClaim(runId.value(), runDate.toString(), now(), holder(), duration.toSeconds());
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        long newest = newest();
        if (newest > 0) {
          requireEnded(newest);
        }
        try {
          SmallFiles.createWhole(file(newest + 1, LEASE), SmallFiles.json(claim), hadoop);
          RunLeftovers.clear(folder, file(newest + 1, LEASE), newest + 1, hadoop);
          return Lease.held(this, newest + 1, claim, hadoop);
        } catch (FileAlreadyExistsException e) {
          LOG.info("another run began at the same time");
        }
      }
    } catch (IOException e) {
      throw CommittedFolder.cannotWrite(folder.toString(), e);
    }
    throw new UserDataException(
        "Other runs of the plant %s begin again and again. Is it scheduled too often?"
            .formatted(folder.getParent().getParent()));
  }

  private long newest() throws IOException {
    NavigableSet<Long> all = sequences(RECORD);
    all.addAll(sequences(LEASE));
    return all.isEmpty() ? 0 : all.last();
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String holder() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "an unnamed machine";
    }
    return "%s, process %d".formatted(host, ProcessHandle.current().pid());
  }

  /** Records a run that died. */
  private void requireEnded(long sequence) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    if (files.exists(record(sequence))) {
      return;
    }
    RunClaim claim;
    try {
      claim =
          JsonText.of(
                  SmallFiles.read(file(sequence, LEASE), hadoop), file(sequence, LEASE).toString())
              .as(RunClaim.class);
    } catch (FileNotFoundException e) {
      // It ended just now.
      return;
    }
    long age = storeTime() - lastSignOfLife(sequence);
    long left = claim.leaseSeconds() - age / 1000;
    if (left > 0) {
      throw new UserDataException(
          "Another run is at work on the plant %s: the run %s of %s, begun at %s by %s, which gave a sign of life %,d s ago. Wait for its end. If that process is gone, its lease ends in %,d s."
              .formatted(
                  folder.getParent().getParent(),
                  claim.runId(),
                  claim.runDate(),
                  claim.startedAt(),
                  claim.holder(),
                  Math.max(0, age / 1000),
                  left));
    }
    abandon(sequence, claim, age);
  }

  private void abandon(long sequence, RunClaim claim, long ageMilliseconds) throws IOException {
    String failure =
        "It gave no sign of life for %,d s, and its lease of %,d s has run out."
            .formatted(ageMilliseconds / 1000, claim.leaseSeconds());
    RunRecord record =
        new RunRecord(
            sequence,
            claim.runId(),
            claim.runDate(),
            RunRecord.Outcome.ABANDONED,
            failure,
            claim.startedAt(),
            now(),
            null,
            null,
            0,
            0,
            null,
            null,
            Map.of(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            claim.holder(),
            Map.of());
    try {
      SmallFiles.createWhole(record(sequence), SmallFiles.json(record), hadoop);
      LOG.warn(
          "The run {} of {} by {} died; its lease is taken over.",
          claim.runId(),
          claim.runDate(),
          claim.holder());
    } catch (FileAlreadyExistsException e) {
      LOG.info("the run {} ended meanwhile", claim.runId());
    }
    forget(sequence);
  }

  /** Removes what is needed no more once there is a record. */
  void forget(long sequence) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      files.delete(file(sequence, LEASE), false);
      files.delete(signOfLife(sequence), false);
    } catch (IOException e) {
      LOG.warn("The lease {} could not be removed: {}", file(sequence, LEASE), e.getMessage());
    }
  }

  private long lastSignOfLife(long sequence) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    try {
      return files.getFileStatus(signOfLife(sequence)).getModificationTime();
    } catch (FileNotFoundException e) {
      return files.getFileStatus(file(sequence, LEASE)).getModificationTime();
    }
  }

  /** The store's own time, in milliseconds since 1970. */
  private long storeTime() throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    Path clock = new Path(folder, RunLeftovers.CLOCK + CommittedFolder.newAttempt());
    SmallFiles.create(clock, new byte[] {'\n'}, hadoop);
    try {
      return files.getFileStatus(clock).getModificationTime();
    } finally {
      files.delete(clock, false);
    }
  }
}
