package org.dn2.embedding;

/** Where the network runs. There is no fallback: what is asked for is used, or the job fails. */
public enum ComputeDevice {
  CPU,
  /** The GPU whose address Spark's resource scheduling gave to the task. */
  GPU
}
