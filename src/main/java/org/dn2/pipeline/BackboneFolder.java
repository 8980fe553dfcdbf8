package org.dn2.pipeline;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.dn2.embedding.ModelSpec;
import org.dn2.table.UserDataException;

/**
 * A backbone at hand on the driver's disk.
 *
 * @param spec what {@code model.json} says
 * @param torchScript the file beside it; every executor checks its digest before it loads it
 */
public record BackboneFolder(ModelSpec spec, Path torchScript) {

  /**
   * Opens a folder with a {@code model.json} on any Hadoop file system; the TorchScript file is
   * copied to a temporary place if the folder is not on a local disk.
   *
   * @throws UserDataException if the folder is no model's
   */
  public static BackboneFolder open(String folder, Configuration hadoop) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder);
    org.apache.hadoop.fs.Path description =
        new org.apache.hadoop.fs.Path(path, ModelSpec.FILE_NAME);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      ModelSpec spec;
      try (InputStream in = files.open(description)) {
        spec = ModelSpec.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
      org.apache.hadoop.fs.Path torchScript = new org.apache.hadoop.fs.Path(path, spec.file());
      if (!files.exists(torchScript)) {
        throw new FileNotFoundException(torchScript + " is missing");
      }
      return new BackboneFolder(spec, toLocalDisk(files, torchScript));
    } catch (FileNotFoundException e) {
      throw new UserDataException(
          "There is no whole model in "
              + folder
              + " ("
              + e.getMessage()
              + "). Run dn2 model fetch or dn2 model import, and give the folder it names.",
          e);
    } catch (IOException e) {
      throw new UserDataException(
          "The model in " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path toLocalDisk(FileSystem files, org.apache.hadoop.fs.Path torchScript)
      throws IOException {
    org.apache.hadoop.fs.Path qualified = files.makeQualified(torchScript);
    if ("file".equals(qualified.toUri().getScheme())) {
      return Path.of(qualified.toUri().getPath());
    }
    Path copy = Files.createTempFile("dn2-model-", ".pt");
    copy.toFile().deleteOnExit();
    try (InputStream in = files.open(qualified)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }
}
