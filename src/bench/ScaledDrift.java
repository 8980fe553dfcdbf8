import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.Embedder;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageDecoder;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.image.RgbImage;

/**
 * How far embeddings move because large JPEGs are decoded at a reduced size: JPEGs of 4000 x 3000
 * pixels (photographs enlarged, and 2 x 2, 5 x 5 and 10 x 10 of them side by side) against PNGs of
 * their full pixels, which are never reduced.
 *
 * <p>Run by {@code src/bench/run ScaledDrift MODEL_FOLDER PHOTOS [IMAGES_PER_GRID]}.
 */
public final class ScaledDrift {
  private static final int WIDTH = 4000;
  private static final int HEIGHT = 3000;
  private static final int[] GRIDS = {1, 2, 5, 10};

  private ScaledDrift() {}

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    int perGrid = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    Path folder = Files.createTempDirectory("dn2-drift");
    try {
      make(photos(Path.of(args[1])), perGrid, folder);
      System.out.println("photographs  1 - cosine (median, largest)  relative L2 (median, largest)");
      List<Row> rows = embed(model, folder);
      List<Double> allCosines = new ArrayList<>();
      List<Double> allLengths = new ArrayList<>();
      int at = 0;
      for (int grid : GRIDS) {
        List<Double> cosines = new ArrayList<>();
        List<Double> lengths = new ArrayList<>();
        for (int i = 0; i < perGrid; i++, at += 2) {
          compare(rows.get(at), rows.get(at + 1), cosines, lengths);
        }
        print(Integer.toString(grid * grid), cosines, lengths);
        allCosines.addAll(cosines);
        allLengths.addAll(lengths);
      }
      print("all", allCosines, allLengths);
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static void make(List<Path> photos, int perGrid, Path folder) throws Exception {
    int next = 0;
    int made = 0;
    for (int grid : GRIDS) {
      for (int i = 0; i < perGrid; i++) {
        BufferedImage mosaic = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = mosaic.createGraphics();
        graphics.setRenderingHint(
            RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        for (int tile = 0; tile < grid * grid; tile++) {
          RgbImage photo =
              ImageDecoder.DEFAULT.decode(Files.readAllBytes(photos.get(next++ % photos.size())));
          int width = WIDTH / grid;
          int height = HEIGHT / grid;
          graphics.drawImage(
              buffered(photo), tile % grid * width, tile / grid * height, width, height, null);
        }
        graphics.dispose();
        Path jpeg = folder.resolve("%03d.jpg".formatted(made));
        writeJpeg(mosaic, jpeg);
        RgbImage full = ImageDecoder.DEFAULT.decode(Files.readAllBytes(jpeg));
        ImageIO.write(buffered(full), "png", new File(folder.toFile(), "%03d.png".formatted(made)));
        made++;
      }
    }
  }

  private static BufferedImage buffered(RgbImage image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] pixels = image.pixels();
    for (int i = 0; i < pixels.length; i += 3) {
      int rgb = (pixels[i] & 0xff) << 16 | (pixels[i + 1] & 0xff) << 8 | (pixels[i + 2] & 0xff);
      buffered.setRGB(i / 3 % image.width(), i / 3 / image.width(), rgb);
    }
    return buffered;
  }

  private static void writeJpeg(BufferedImage image, Path file) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam settings = writer.getDefaultWriteParam();
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(0.9f);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
  }

  private static List<Row> embed(Path model, Path folder) throws Exception {
    ModelSpec spec = ModelSpec.fromJson(Files.readString(model.resolve(ModelSpec.FILE_NAME)));
    EmbeddingSettings settings =
        new EmbeddingSettings(8, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate();
    try (Embedder embedder =
        Embedder.broadcasting(spark, spec, model.resolve(spec.file()), settings)) {
      return embedder
          .embed(ImageListing.list(spark, ImageInput.of(folder.toString())))
          .orderBy("image_id")
          .select("embedding")
          .collectAsList();
    } finally {
      spark.stop();
    }
  }

  private static void compare(Row scaled, Row full, List<Double> cosines, List<Double> lengths) {
    List<Float> a = scaled.getList(0);
    List<Float> b = full.getList(0);
    double product = 0;
    double lengthA = 0;
    double lengthB = 0;
    double difference = 0;
    for (int i = 0; i < a.size(); i++) {
      double x = a.get(i);
      double y = b.get(i);
      product += x * y;
      lengthA += x * x;
      lengthB += y * y;
      difference += (x - y) * (x - y);
    }
    cosines.add(1 - product / Math.sqrt(lengthA * lengthB));
    lengths.add(Math.sqrt(difference / lengthB));
  }

  private static void print(String name, List<Double> cosines, List<Double> lengths) {
    System.out.printf(
        Locale.ROOT,
        "%11s  %12.6f  %12.6f    %12.4f  %12.4f%n",
        name,
        Yardstick.median(cosines),
        cosines.stream().mapToDouble(x -> x).max().orElseThrow(),
        Yardstick.median(lengths),
        lengths.stream().mapToDouble(x -> x).max().orElseThrow());
  }

  private static List<Path> photos(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .filter(path -> path.toString().toLowerCase(Locale.ROOT).matches(".*\\.jpe?g"))
          .sorted()
          .toList();
    }
  }
}
