package org.dn2.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.dn2.table.LocalDisk;

/**
 * Has the driver and every executor read and write local files without Hadoop's checksum files,
 * before the first task. Spark makes it by the name of its class.
 */
public final class LocalDiskPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public Map<String, String> init(SparkContext context, PluginContext plugin) {
        prepare(plugin);
        return Map.of();
      }
    };
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext plugin, Map<String, String> fromDriver) {
        prepare(plugin);
      }
    };
  }

  private static void prepare(PluginContext plugin) {
    try {
      LocalDisk.useWithoutChecksums(SparkHadoopUtil.get().newConfiguration(plugin.conf()));
    } catch (IOException e) {
      throw new UncheckedIOException("Hadoop has no local disk.", e);
    }
  }
}
