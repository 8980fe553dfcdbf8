package org.dn2.pipeline;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ModelFile;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.image.View;
import org.dn2.json.JsonText;
import org.dn2.model.ModelCache;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * A backbone at hand on the driver's disk.
 *
 * @param spec what {@code model.json} says
 * @param torchScript the file beside it; every executor checks its digest before it loads it
 */
public record BackboneFolder(ModelSpec spec, Path torchScript) {
  /** The word that stands for the backbone that {@code dn2 model fetch} gets. */
  static final String DEFAULT = "default";

  /** The word for the default backbone in a precision. */
  public static String defaultName(Precision precision) {
    return DEFAULT + precision.suffix();
  }

  /**
   * The backbone that an option or a configuration file names.
   *
   * @param model a folder on any Hadoop file system, {@code default} or {@code default-bf16}: the
   *     default backbone in that precision, fetched on first use
   * @param views null for those that its description names
   * @throws UserDataException if the folder is no model's, or the default one cannot be fetched
   */
  public static BackboneFolder named(String model, List<View> views, SparkSession spark) {
    String folder = model;
    for (Precision precision : Precision.values()) {
      if (model.equals(defaultName(precision))) {
        folder = ModelCache.fromEnvironment(System.getenv()).fetch(precision).toUri().toString();
      }
    }
    BackboneFolder backbone = open(folder, spark.sessionState().newHadoopConf());
    return views == null
        ? backbone
        : new BackboneFolder(backbone.spec().withViews(views), backbone.torchScript());
  }

  /**
   * The backbone whose embeddings are the pixels of an image.
   *
   * @param size to which width and height images are resized
   */
  public static BackboneFolder rawPixels(int size, SparkSession spark) {
    return open(
        ModelCache.fromEnvironment(System.getenv()).rawPixels(size).toUri().toString(),
        spark.sessionState().newHadoopConf());
  }

  /**
   * Opens a folder with a {@code model.json} on any Hadoop file system; the TorchScript file is
   * copied to a temporary place if the folder is not on a local disk.
   *
   * @throws UserDataException if the folder is no model's
   */
  public static BackboneFolder open(String folder, Configuration hadoop) {
    org.apache.hadoop.fs.Path path = LiteralPath.given(folder);
    org.apache.hadoop.fs.Path description =
        new org.apache.hadoop.fs.Path(path, ModelSpec.FILE_NAME);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      ModelSpec spec;
      try (InputStream in = files.open(description)) {
        spec = ModelSpec.of(JsonText.of(in.readAllBytes(), description.toString()));
      }
      org.apache.hadoop.fs.Path torchScript = new org.apache.hadoop.fs.Path(path, spec.file());
      if (!files.exists(torchScript)) {
        throw new FileNotFoundException(torchScript + " is missing");
      }
      ModelFile.requireLoadable(torchScript.toString(), files.getFileStatus(torchScript).getLen());
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
