package org.dn2.store;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small files that runs leave among the records where they die within a step. */
final class RunLeftovers {
  private static final Logger LOG = LoggerFactory.getLogger(RunLeftovers.class);

  /** Leases and signs of life of runs that have ended, and files that have not got their name. */
  private static final Pattern OF_RUN =
      Pattern.compile("(\\d{6,18})\\.(?:alive|lease)|\\.(\\d{6,18})\\..*~.*");

  /** What the name of a file begins with that tells the store's time; others may look at theirs. */
  static final String CLOCK = ".clock~";

  private static final long OLD_MILLISECONDS = TimeUnit.HOURS.toMillis(1);

  private RunLeftovers() {}

  /**
   * Removes them. For the holder of the lease.
   *
   * @param folder of the records
   * @param lease of the newest run
   * @param newest its number
   */
  static void clear(Path folder, Path lease, long newest, Configuration hadoop) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      long now = files.getFileStatus(lease).getModificationTime();
      for (FileStatus entry : WholeFolder.listIfThere(files, folder)) {
        String name = entry.getPath().getName();
        Matcher run = OF_RUN.matcher(name);
        boolean isOfEarlierRun =
            run.matches()
                && Long.parseLong(run.group(1) == null ? run.group(2) : run.group(1)) < newest;
        boolean isOldClock =
            name.startsWith(CLOCK) && now - entry.getModificationTime() > OLD_MILLISECONDS;
        if (isOfEarlierRun || isOldClock) {
          files.delete(entry.getPath(), false);
        }
      }
    } catch (IOException e) {
      LOG.warn("What runs that died left in {} stays: {}", folder, e.getMessage());
    }
  }
}
