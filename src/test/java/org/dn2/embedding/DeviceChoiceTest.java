package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;

class DeviceChoiceTest {
  private static Map<String, ResourceInformation> gpus(String... addresses) {
    return Map.of("gpu", new ResourceInformation("gpu", addresses));
  }

  @Test
  void theTasksFirstGpuAddressIsTheDevice() {
    assertThat(DeviceChoice.of(ComputeDevice.GPU, gpus("3"), 4)).isEqualTo(Device.gpu(3));
    assertThat(DeviceChoice.of(ComputeDevice.GPU, gpus("1", "0"), 2)).isEqualTo(Device.gpu(1));
  }

  @Test
  void theCpuIsTakenWhereItIsAskedForEvenIfAGpuIsThere() {
    assertThat(DeviceChoice.of(ComputeDevice.CPU, gpus("0"), 1)).isEqualTo(Device.cpu());
    assertThat(DeviceChoice.of(ComputeDevice.CPU, Map.of(), 0)).isEqualTo(Device.cpu());
  }

  @Test
  void aGpuThatIsAskedForAndAbsentIsAnError() {
    assertThatThrownBy(() -> DeviceChoice.of(ComputeDevice.GPU, Map.of(), 1))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("A GPU was asked for, but Spark gave none to the task. Set")
        .hasMessageEndingWith("or use the device cpu.");
    assertThatThrownBy(() -> DeviceChoice.of(ComputeDevice.GPU, gpus("1"), 1))
        .hasMessageContaining(
            "Spark gave the task GPU 1, but the PyTorch library in this executor sees 1.");
    assertThatThrownBy(() -> DeviceChoice.of(ComputeDevice.GPU, gpus("GPU-5f"), 1))
        .hasMessageStartingWith("The GPU address \"GPU-5f\" is not an index such as 0 or 1");
  }
}
