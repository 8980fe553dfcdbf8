package org.dn2.pipeline;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.dn2.doctor.Finding;
import org.dn2.doctor.Memory;
import org.dn2.embedding.ComputeDevice;

/** Looks at Spark's settings, by what a configuration wants of them. */
record DoctorSettings(SparkConf spark, DoctorSection section) {
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String SCRIPT = "spark.executor.resource.gpu.discoveryScript";
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final long WANTED_OVERHEAD_MEBIBYTES = 3L << 10;
  private static final String ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.11.0";

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    gpus(findings);
    overhead(findings);
    catalog(findings);
    return findings;
  }

  private void gpus(List<Finding> findings) {
    String detail =
        "%s = %s, %s = %s"
            .formatted(
                EXECUTOR_GPUS, spark.get(EXECUTOR_GPUS, "not set"),
                TASK_GPUS, spark.get(TASK_GPUS, "not set"));
    boolean isSet = spark.contains(EXECUTOR_GPUS) && spark.contains(TASK_GPUS);
    if (section.device() == ComputeDevice.CPU) {
      if (spark.contains(EXECUTOR_GPUS) || spark.contains(TASK_GPUS)) {
        findings.add(
            Finding.warn(
                "GPU settings",
                "Spark has GPUs (%s), but device = cpu leaves them idle".formatted(detail),
                "Set device = gpu in the configuration, or leave out these settings."));
      }
      return;
    }
    if (!isSet) {
      findings.add(
          Finding.fail(
              "GPU settings",
              "device = gpu, but " + detail,
              "Add --properties-file conf/spark-defaults-gpu.conf, or set device = cpu."));
      return;
    }
    if (!spark.get(TASK_GPUS).matches("1([.]0+)?")) {
      findings.add(
          Finding.warn(
              "GPU settings",
              detail + ": tasks that share a GPU run out of its memory",
              "Set %s=1.".formatted(TASK_GPUS)));
      return;
    }
    script(detail, findings);
  }

  private void script(String detail, List<Finding> findings) {
    String master = spark.get("spark.master", "");
    boolean isNeeded = master.equals("yarn") || master.startsWith("k8s");
    String script = spark.get(SCRIPT, null);
    if (isNeeded && script == null) {
      findings.add(
          Finding.fail(
              "GPU settings",
              "%s is not set, so that executors cannot tell which GPUs they have".formatted(SCRIPT),
              "Set it to conf/gpu-discovery.sh, which --files ships."));
    } else if (script != null && new File(script).isFile() && !new File(script).canExecute()) {
      findings.add(
          Finding.fail("GPU settings", "%s cannot be run".formatted(script), "chmod +x " + script));
    } else {
      findings.add(Finding.ok("GPU settings", detail));
    }
  }

  /** Where a container is ended that takes more than was asked for. */
  private void overhead(List<Finding> findings) {
    String master = spark.get("spark.master", "");
    if (!master.equals("yarn") && !master.startsWith("k8s")) {
      return;
    }
    String given = spark.get(OVERHEAD, null);
    long mebibytes = given == null ? 0 : JavaUtils.byteStringAsMb(given);
    if (mebibytes < WANTED_OVERHEAD_MEBIBYTES) {
      findings.add(
          Finding.warn(
              "memory overhead",
              given == null
                  ? OVERHEAD + " is not set: a tenth of the heap is too little for libtorch"
                  : "%s = %s is little for libtorch".formatted(OVERHEAD, given),
              "Set %s=3g, or the containers may be ended for it.".formatted(OVERHEAD)));
    } else {
      findings.add(Finding.ok("memory overhead", Memory.size(mebibytes << 20) + " an executor"));
    }
  }

  private void catalog(List<Finding> findings) {
    if (section.nightly() == null || !section.nightly().scores().startsWith(NightlyConfig.TABLE)) {
      return;
    }
    String table = section.nightly().scores().substring(NightlyConfig.TABLE.length());
    String key = "spark.sql.catalog." + table.split("[.]", -1)[0];
    findings.add(
        spark.contains(key)
            ? Finding.ok(
                "nightly.scores", "%s, a table of a catalog that Spark knows".formatted(table))
            : Finding.fail(
                "nightly.scores",
                "%s is a table of a catalog that Spark does not know: %s is not set"
                    .formatted(table, key),
                "Set %s and what it needs, and add --packages %s for Iceberg."
                    .formatted(key, ICEBERG)));
  }
}
