package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.doctor.Finding;
import org.dn2.json.JsonText;

/** Tells which run is at work on a plant, without taking part. */
public final class LeaseCheck {
  private static final String LEASE = ".lease";

  private LeaseCheck() {}

  /**
   * Looks at the newest lease.
   *
   * @throws IOException if the plant cannot be read
   */
  public static Finding of(Plant plant, SparkSession spark) throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Path folder = plant.runs().folder();
    FileSystem files = folder.getFileSystem(hadoop);
    Optional<FileStatus> newest =
        Arrays.stream(WholeFolder.listIfThere(files, folder))
            .filter(entry -> entry.getPath().getName().matches("\\d{6,18}\\.lease"))
            .max(Comparator.comparing(entry -> entry.getPath().getName()));
    if (newest.isEmpty()) {
      return Finding.ok("lease", "no run is at work");
    }
    Path lease = newest.get().getPath();
    long sequence = Long.parseLong(lease.getName().replace(LEASE, ""));
    if (files.exists(plant.runs().record(sequence))) {
      return Finding.ok("lease", "no run is at work");
    }
    try {
      RunClaim claim =
          JsonText.of(SmallFiles.read(lease, hadoop), lease.toString()).as(RunClaim.class);
      return Finding.ok(
          "lease",
          "held by the run %s of %s, begun at %s by %s; last sign of life at %s; where that stays away, others may begin after %,d s"
              .formatted(
                  claim.runId(),
                  claim.runDate(),
                  claim.startedAt(),
                  claim.holder(),
                  Instant.ofEpochMilli(
                      lastSign(files, plant.runs().signOfLife(sequence), newest.get())),
                  claim.leaseSeconds()));
    } catch (FileNotFoundException e) {
      return Finding.ok("lease", "no run is at work; one has ended just now");
    }
  }

  private static long lastSign(FileSystem files, Path sign, FileStatus lease) throws IOException {
    try {
      return files.getFileStatus(sign).getModificationTime();
    } catch (FileNotFoundException e) {
      return lease.getModificationTime();
    }
  }
}
