package org.dn2.embedding;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.dn2.doctor.Finding;
import org.dn2.doctor.TimeLimit;
import org.dn2.table.UserDataException;

/** Whether a task could run the network in this process. */
public final class NativeCheck {
  private static final String WHAT = "libtorch";

  private NativeCheck() {}

  /**
   * Loads the native library as a task that embeds would, and multiplies with it.
   *
   * @param device that a job would use
   * @param precision of its model; null if that is not known
   */
  public static List<Finding> findings(
      TaskContext task, ComputeDevice device, Precision precision) {
    List<Finding> findings = new ArrayList<>();
    Finding processor = Processor.here().finding(device == ComputeDevice.CPU ? precision : null);
    findings.add(processor);
    try {
      Engine engine = LoadedBackbones.engine(task.cpus());
      LoadedBackbones.call(() -> multiply(engine));
      findings.add(
          Finding.ok(
              WHAT,
              "%s loads, %d thread%s for a task"
                  .formatted(engine.getVersion(), task.cpus(), task.cpus() == 1 ? "" : "s")));
      findings.add(gpu(task, device, LoadedBackbones.call(engine::getGpuCount)));
    } catch (RuntimeException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      findings.add(
          Finding.fail(
              WHAT,
              "it cannot be used: " + TimeLimit.inWords(cause),
              "It is unpacked to ~/.djl.ai, or the folder that DJL_CACHE_DIR names: is that writable, with 1 GiB free? The jar holds the build for Linux on x86-64 with glibc."));
    }
    return findings;
  }

  private static float multiply(Engine engine) {
    try (NDManager manager = engine.newBaseManager()) {
      return manager.ones(new Shape(8, 8)).matMul(manager.ones(new Shape(8, 8))).getFloat(0, 0);
    }
  }

  private static Finding gpu(TaskContext task, ComputeDevice device, int visible) {
    String seen = visible == 1 ? "1 GPU is seen" : "%d GPUs are seen".formatted(visible);
    if (device == ComputeDevice.CPU) {
      return Finding.ok("device", "cpu; " + seen + " by libtorch");
    }
    try {
      return Finding.ok(
          "device", DeviceChoice.of(device, task.resourcesJMap(), visible) + "; " + seen);
    } catch (UserDataException e) {
      return Finding.fail(
          "device",
          "device = gpu, but "
              + (task.resourcesJMap().containsKey(DeviceChoice.GPU_RESOURCE)
                  ? "of the GPU that Spark gave to the task libtorch sees nothing (%s)"
                      .formatted(seen)
                  : "Spark gave no GPU to the task"),
          "Set spark.executor.resource.gpu.amount, spark.task.resource.gpu.amount and a discovery script as conf/spark-defaults-gpu.conf does, use a jar built with -Pcuda, or set device = cpu.");
    }
  }
}
