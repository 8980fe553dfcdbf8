package org.dn2.store;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to change a plant, for one run at a time. Signs of life are given while this process
 * lives. A process that was paused beyond its lease finds its record taken when it wakes up.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final int SIGNS_PER_LEASE = 5;

  private final RunLog log;
  private final long sequence;
  private final RunClaim claim;
  private final Configuration hadoop;
  private final ScheduledExecutorService signs =
      Executors.newSingleThreadScheduledExecutor(Lease::newThread);

  private Future<?> signing;

  private Lease(RunLog log, long sequence, RunClaim claim, Configuration hadoop) {
    this.log = log;
    this.sequence = sequence;
    this.claim = claim;
    this.hadoop = hadoop;
  }

  static Lease held(RunLog log, long sequence, RunClaim claim, Configuration hadoop) {
    Lease lease = new Lease(log, sequence, claim, hadoop);
    long between = Math.max(1, TimeUnit.SECONDS.toMillis(claim.leaseSeconds()) / SIGNS_PER_LEASE);
    lease.signing =
        lease.signs.scheduleAtFixedRate(
            lease::signIfPossible, between, between, TimeUnit.MILLISECONDS);
    return lease;
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "dn2-lease");
    thread.setDaemon(true);
    return thread;
  }

  /** The run's number. */
  public long sequence() {
    return sequence;
  }

  /** When the run began, ISO-8601 in UTC. */
  public String startedAt() {
    return claim.startedAt();
  }

  /** The machine and process. */
  public String holder() {
    return claim.holder();
  }

  private void signIfPossible() {
    try {
      sign();
    } catch (IOException | RuntimeException e) {
      LOG.warn("A sign of life could not be given: {}", e.getMessage());
    }
  }

  /** One at a time: HDFS takes a file from whoever is still writing it. */
  private synchronized void sign() throws IOException {
    SmallFiles.replace(log.signOfLife(sequence), new byte[] {'\n'}, hadoop);
  }

  /**
   * Checks that no other run has taken over, which is to be done before anything is made that
   * counts.
   *
   * @throws UserDataException if one has
   */
  public void requireHeld() {
    try {
      sign();
      if (log.folder().getFileSystem(hadoop).exists(log.record(sequence))) {
        throw lost(null);
      }
    } catch (IOException e) {
      throw CommittedFolder.cannotWrite(log.folder().toString(), e);
    }
  }

  /**
   * Tells why a run failed, if it failed because another had taken over: its files went from under
   * its hands.
   *
   * @param failure that it had
   * @throws UserDataException if another run has taken over
   */
  public void requireNotLost(Throwable failure) {
    boolean isLost = false;
    try {
      isLost = log.folder().getFileSystem(hadoop).exists(log.record(sequence));
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    if (isLost) {
      throw lost(failure);
    }
  }

  private UserDataException lost(Throwable cause) {
    return new UserDataException(
        "The run %s of %s gave no sign of life for longer than its lease of %,d s, and another run took over. What this one was about to write is left to that one."
            .formatted(claim.runId(), claim.runDate(), claim.leaseSeconds()),
        cause);
  }

  /**
   * Ends the run with its record.
   *
   * @throws UserDataException if another run has taken over
   */
  public void end(RunRecord record) {
    stopSigns();
    try {
      SmallFiles.createWhole(log.record(sequence), SmallFiles.json(record), hadoop);
    } catch (FileAlreadyExistsException e) {
      throw lost(e);
    } catch (IOException e) {
      throw CommittedFolder.cannotWrite(log.record(sequence).toString(), e);
    }
    log.forget(sequence);
  }

  private void stopSigns() {
    signing.cancel(false);
    signs.shutdown();
    try {
      // A sign that came after the record would stay for ever.
      if (!signs.awaitTermination(claim.leaseSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("The last sign of life takes long.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives no more signs; without a record the lease runs out. */
  @Override
  public void close() {
    signs.shutdown();
  }
}
