package org.dn2.embedding;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.dn2.table.UserDataException;
import org.dn2.work.ProcessEnd;

/**
 * The networks that this JVM has loaded: one per model and device, shared by all tasks, never
 * closed before the JVM ends, which waits for their calls; and the tasks' buffers for pixels. No
 * other class of the project has mutable statics.
 */
final class LoadedBackbones {
  private static final String ENGINE = "PyTorch";
  private static final Map<Key, Model> MODELS = new HashMap<>();
  private static final PixelBuffers BUFFERS = new PixelBuffers();

  /**
   * Shared by native calls and taken for good by the end of the JVM: the native library's own end
   * crashes where threads are at work in it. Fair, so that the end's turn comes.
   */
  private static final ReentrantReadWriteLock NATIVE = new ReentrantReadWriteLock(true);

  /** Before Spark stops its executor and Hadoop closes its files. */
  private static final int PRIORITY = 90;

  private static final Duration LONGEST = Duration.ofSeconds(20);

  static {
    ShutdownHookManager.get()
        .addShutdownHook(
            LoadedBackbones::endCalls,
            PRIORITY,
            LONGEST.multipliedBy(2).toSeconds(),
            TimeUnit.SECONDS);
  }

  private record Key(String sha256, Device device) {}

  private LoadedBackbones() {}

  /**
   * The network on the device that Spark gave to the task, loaded on first use.
   *
   * @param torchScript the archive's bytes; their digest is checked before they are loaded
   */
  static synchronized Model forTask(
      TaskContext task, ModelSpec spec, Broadcast<byte[]> torchScript, ComputeDevice requested) {
    Device device =
        DeviceChoice.of(
            requested, task.resourcesJMap(), call(() -> startEngine(task.cpus()).getGpuCount()));
    return on(device, spec, torchScript::value);
  }

  /** The buffers that this JVM's tasks share. */
  static PixelBuffers buffers() {
    return BUFFERS;
  }

  /** The network on a device, loaded on first use. */
  static synchronized Model on(Device device, ModelSpec spec, Supplier<byte[]> torchScript) {
    return MODELS.computeIfAbsent(
        new Key(spec.sha256(), device),
        key -> call(() -> load(spec, torchScript.get(), key.device())));
  }

  /**
   * Makes native calls.
   *
   * @throws IllegalStateException if the JVM is ending
   */
  static <T> T call(Supplier<T> calls) {
    ReentrantReadWriteLock.ReadLock lock = NATIVE.readLock();
    try {
      // Without a time, it would not be fair.
      if (!lock.tryLock(0, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the process is ending; its networks are not used any more");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the task was ended before it used the network", e);
    }
    try {
      return calls.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts the native library, if that was not done before.
   *
   * @param threads that it may take
   * @throws IllegalStateException if it cannot be loaded
   */
  static Engine engine(int threads) {
    return call(() -> startEngine(threads));
  }

  /** Waits for the calls under way and lets no others begin. */
  private static void endCalls() {
    try {
      if (NATIVE.writeLock().tryLock(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ProcessEnd.atOnce();
  }

  /** Loads the native library, which reads these settings once. */
  private static Engine startEngine(int threads) {
    setIfAbsent("ai.djl.pytorch.num_threads", Integer.toString(threads));
    setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
    // The profiling executor would optimize anew, per thread, for every new batch size.
    setIfAbsent("ai.djl.pytorch.graph_optimizer", "false");
    // Nothing is fetched and nobody is told: the native library is in the jar, or installed.
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    Libtorch libtorch = Libtorch.found();
    libtorch.select();
    try {
      return Engine.getEngine(ENGINE);
    } catch (EngineException e) {
      throw libtorch.notLoaded(e);
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static Model load(ModelSpec spec, byte[] torchScript, Device device) {
    String digest = DigestUtils.sha256Hex(torchScript);
    if (!digest.equals(spec.sha256())) {
      throw new UserDataException(
          "The file of the model %s has the SHA-256 %s, its model.json says %s: it is damaged or another. Import the model again."
              .formatted(spec.id(), digest, spec.sha256()));
    }
    if (!device.isGpu()) {
      spec.precision().requireProcessor();
    }
    Model model = Model.newInstance(spec.id(), device, ENGINE);
    try {
      model.load(new ByteArrayInputStream(torchScript), Map.of("mapLocation", "true"));
      return model;
    } catch (IOException | MalformedModelException | EngineException e) {
      model.close();
      throw new UserDataException(
          "The model "
              + spec.id()
              + " is not a TorchScript file that this PyTorch can load: "
              + e.getMessage(),
          e);
    }
  }
}
