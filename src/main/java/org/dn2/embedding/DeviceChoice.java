package org.dn2.embedding;

import ai.djl.Device;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.dn2.table.UserDataException;

/** Picks a task's device from what was asked for and what Spark gave to the task. */
final class DeviceChoice {
  /** The resource name that {@code spark.task.resource.gpu.amount} speaks of. */
  static final String GPU_RESOURCE = "gpu";

  private DeviceChoice() {}

  /**
   * The device for one task: the CPU, or the first GPU address among the task's resources.
   *
   * @param resources of the task, by name
   * @param visibleGpus how many GPUs the native engine of this JVM sees
   * @throws UserDataException if a GPU was asked for and the task was given none, or one that the
   *     engine does not see
   */
  static Device of(
      ComputeDevice requested, Map<String, ResourceInformation> resources, int visibleGpus) {
    if (requested == ComputeDevice.CPU) {
      return Device.cpu();
    }
    ResourceInformation gpus = resources.get(GPU_RESOURCE);
    if (gpus == null || gpus.addresses().length == 0) {
      throw new UserDataException(
          "A GPU was asked for, but Spark gave none to the task. Set"
              + " spark.executor.resource.gpu.amount, spark.task.resource.gpu.amount and a discovery"
              + " script (conf/spark-defaults-gpu.conf has them), or use the device cpu.");
    }
    String address = gpus.addresses()[0];
    int index = parseAddress(address);
    if (index >= visibleGpus) {
      throw new UserDataException(
          ("A GPU was asked for and Spark gave the task GPU %d, but the PyTorch library in this"
                  + " executor sees %d. Use the jar built with -Pcuda on a host with an NVIDIA"
                  + " driver, or use the device cpu.")
              .formatted(index, visibleGpus));
    }
    return Device.gpu(index);
  }

  private static int parseAddress(String address) {
    if (!address.matches("[0-9]{1,4}")) {
      throw new UserDataException(
          "The GPU address \""
              + address
              + "\" is not an index such as 0 or 1; mend the GPU discovery script.");
    }
    return Integer.parseInt(address);
  }
}
