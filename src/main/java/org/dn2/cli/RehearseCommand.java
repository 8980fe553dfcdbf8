package org.dn2.cli;

import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.dn2.model.BackboneImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code dn2 rehearse}, which {@code src/build/share-classes} runs when a build ends: later
 * processes read from one file the classes that this one loaded.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Run the demo on raw pixels, without a download, and keep nothing of it.")
final class RehearseCommand implements Callable<Integer> {
  private static final int PIXELS = 8;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path demo = DemoCommand.configuration().toPath().toAbsolutePath();
    Path folder = Files.createTempDirectory("dn2-rehearse-");
    try {
      Path model = folder.resolve("model");
      new BackboneImport(model).rawPixels(PIXELS);
      Path configuration =
          Files.writeString(
              folder.resolve("rehearse.conf"),
              """
              include required(file(%s))
              dn2 { model = %s, output = %s }
              """
                  .formatted(quoted(demo), quoted(model), quoted(folder.resolve("out"))));
      return spec.root().commandLine().execute("run", "--conf", configuration.toString());
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private static String quoted(Path path) {
    return ConfigUtil.quoteString(path.toString());
  }
}
