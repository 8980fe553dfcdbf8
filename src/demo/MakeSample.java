import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;

/**
 * Writes the bundled sample from the original Fashion-MNIST files.
 *
 * <pre>
 * apt-get install dataset-fashion-mnist
 * java src/demo/MakeSample.java /usr/share/datasets/fashion-mnist src/demo/fashion-mnist
 * </pre>
 *
 * <p>train/sneaker takes the first 300 sneakers of the training set; test/LABEL takes the first 100
 * sneakers and the first 30 of each other class of the test set. A file's name is the image's index
 * in its original set, so nothing is left to chance and every image can be looked up.
 */
final class MakeSample {
  private static final List<String> LABELS =
      List.of(
          "t-shirt_top",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle_boot");
  private static final int SNEAKER = LABELS.indexOf("sneaker");
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;

  private MakeSample() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java MakeSample.java FASHION_MNIST_FOLDER OUTPUT_FOLDER");
      System.exit(1);
    }
    ImageIO.setUseCache(false);
    Path source = Path.of(args[0]);
    Path target = Path.of(args[1]);

    int[] trainCounts = new int[LABELS.size()];
    trainCounts[SNEAKER] = 300;
    write(source, "train", trainCounts, target.resolve("train"));

    int[] testCounts = new int[LABELS.size()];
    Arrays.fill(testCounts, 30);
    testCounts[SNEAKER] = 100;
    write(source, "t10k", testCounts, target.resolve("test"));
  }

  private static void write(Path source, String set, int[] wanted, Path target)
      throws IOException {
    int[] left = wanted.clone();
    try (DataInputStream images = open(source.resolve(set + "-images-idx3-ubyte.gz"));
        DataInputStream labels = open(source.resolve(set + "-labels-idx1-ubyte.gz"))) {
      expect(images.readInt(), IMAGES_MAGIC, "images");
      expect(labels.readInt(), LABELS_MAGIC, "labels");
      int count = images.readInt();
      expect(labels.readInt(), count, "number of labels");
      int height = images.readInt();
      int width = images.readInt();
      byte[] pixels = new byte[height * width];
      for (int index = 0; index < count; index++) {
        images.readFully(pixels);
        int label = labels.readUnsignedByte();
        if (left[label] > 0) {
          left[label]--;
          Path file =
              target
                  .resolve(LABELS.get(label))
                  .resolve(String.format(Locale.ROOT, "%05d.png", index));
          writePng(pixels, width, height, file);
        }
      }
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16));
  }

  private static void expect(int found, int expected, String what) throws IOException {
    if (found != expected) {
      throw new IOException(what + ": found " + found + ", expected " + expected);
    }
  }

  private static void writePng(byte[] gray, int width, int height, Path file) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    byte[] raster = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    System.arraycopy(gray, 0, raster, 0, raster.length);
    Files.createDirectories(file.getParent());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IOException("this Java has no PNG writer");
      }
    }
  }
}
