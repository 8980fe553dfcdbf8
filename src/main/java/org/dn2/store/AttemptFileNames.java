package org.dn2.store;

import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.internal.io.cloud.PathOutputCommitProtocol;

/**
 * Spark's commit through the committer that Hadoop names for a store (on S3 the magic one), with
 * the attempt's name before each file's, so that whoever writes tells its files from all others in
 * the same folder. Spark makes one by its name for each write.
 */
public final class AttemptFileNames extends PathOutputCommitProtocol {
  /** The write's option that holds the attempt's name. */
  static final String ATTEMPT = "dn2.store.attempt";

  private static final long serialVersionUID = 1L;

  public AttemptFileNames(String jobId, String destination, boolean dynamicPartitionOverwrite) {
    super(jobId, destination, dynamicPartitionOverwrite);
  }

  @Override
  public String getFilename(TaskAttemptContext task, FileNameSpec name) {
    String attempt = task.getConfiguration().get(ATTEMPT);
    String usual = super.getFilename(task, name);
    return attempt == null ? usual : attempt + "-" + usual;
  }
}
