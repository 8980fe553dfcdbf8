import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.dn2.image.ImageDecoder;
import org.dn2.image.InputGeometry;
import org.dn2.image.ResizeMode;
import org.dn2.image.RgbImage;

/**
 * From JPEG files to pixels, and on to the network's 224 x 224, on one thread, in turns with Pillow;
 * then a JPEG of 12 megapixels, made of the same photographs, decoded in full and at the size that
 * the network needs; and the same pictures as WebP.
 *
 * <p>Run by {@code src/bench/run DecodeBenchmark PHOTOS [ROUNDS]}.
 */
public final class DecodeBenchmark {
  private static final ImageDecoder DECODER = ImageDecoder.DEFAULT;
  private static final InputGeometry PAPER = new InputGeometry(ResizeMode.EXACT, 256, 224);

  private interface Task {
    void run() throws Exception;
  }

  private DecodeBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 11;
    List<byte[]> photos = photos(folder, "jpe?g");
    Path work = Files.createTempDirectory("dn2-decoding");
    Path large = work.resolve("large.jpg");
    try (Yardstick pillow =
        new Yardstick("src/bench/pillow_yardstick.py", folder.toString(), work.toString())) {
      pillow.measure("make");
      List<byte[]> webpPhotos = photos(work.resolve("photos"), "webp");
      byte[] largeFile = Files.readAllBytes(large);
      // The first touch of the heap's pages is slow on virtual machines; it is not decoding.
      for (int round = 0; round < 15; round++) {
        decodeAll(photos);
        prepareAll(photos);
        decodeAll(webpPhotos);
      }
      System.out.printf(
          Locale.ROOT,
          "%d photographs; 12 megapixels in %.1f MB, as WebP %.1f (lossy), %.1f (lossless)%n",
          photos.size(),
          largeFile.length / 1e6,
          Files.size(work.resolve("lossy.webp")) / 1e6,
          Files.size(work.resolve("lossless.webp")) / 1e6);
      System.out.println("medians, ms                       Pillow    ours  ratio");
      int count = photos.size();
      inTurns("photograph to pixels", pillow, "decode", rounds, count, () -> decodeAll(photos));
      inTurns("photograph to 224 x 224", pillow, "prepare", rounds, count, () -> prepareAll(photos));
      double full =
          inTurns(
              "12 megapixels, in full",
              pillow,
              "decode-large",
              rounds,
              1,
              () -> DECODER.decode(Files.readAllBytes(large)));
      double scaled =
          inTurns(
              "12 megapixels, scaled",
              pillow,
              "decode-large",
              rounds,
              1,
              () -> DECODER.decodeFor(PAPER, Files.readAllBytes(large)));
      inTurns(
          "12 megapixels to 224 x 224",
          pillow,
          "prepare-large",
          rounds,
          1,
          () -> PAPER.apply(DECODER.decodeFor(PAPER, Files.readAllBytes(large))));
      System.out.printf(
          Locale.ROOT, "scaled decoding is %.1f x as fast as ours in full%n", full / scaled);
      inTurns(
          "photograph of WebP to pixels",
          pillow,
          "decode-webp",
          rounds,
          count,
          () -> decodeAll(webpPhotos));
      for (String kind : List.of("lossy", "lossless")) {
        Path webp = work.resolve(kind + ".webp");
        inTurns(
            "12 megapixels, WebP " + kind,
            pillow,
            "decode-" + kind,
            rounds,
            1,
            () -> DECODER.decode(Files.readAllBytes(webp)));
      }
    } finally {
      TemporaryFolder.delete(work);
    }
  }

  /** Prints a line; the answer is the median of our seconds. */
  private static double inTurns(
      String what, Yardstick pillow, String task, int rounds, int images, Task ours)
      throws Exception {
    List<Double> theirSeconds = new ArrayList<>();
    List<Double> ourSeconds = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < rounds + 2; round++) {
      double theirs = pillow.measure(task);
      long start = System.nanoTime();
      ours.run();
      double seconds = (System.nanoTime() - start) / 1e9;
      if (round >= 2) {
        theirSeconds.add(theirs);
        ourSeconds.add(seconds);
        ratios.add(theirs / seconds);
      }
    }
    double median = Yardstick.median(ourSeconds);
    System.out.printf(
        Locale.ROOT,
        "%-30s  %8.2f  %6.2f  %5.2f%n",
        what,
        1000 * Yardstick.median(theirSeconds) / images,
        1000 * median / images,
        Yardstick.median(ratios));
    return median;
  }

  private static void decodeAll(List<byte[]> photos) throws Exception {
    for (byte[] photo : photos) {
      DECODER.decode(photo);
    }
  }

  private static void prepareAll(List<byte[]> photos) throws Exception {
    for (byte[] photo : photos) {
      RgbImage square = PAPER.apply(DECODER.decodeFor(PAPER, photo));
      if (square.width() != PAPER.cropSize()) {
        throw new IllegalStateException("a square of " + square.width());
      }
    }
  }

  private static List<byte[]> photos(Path folder, String extension) throws IOException {
    List<byte[]> photos = new ArrayList<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.sorted().toList()) {
        if (path.toString().toLowerCase(Locale.ROOT).matches(".*\\." + extension)) {
          photos.add(Files.readAllBytes(path));
        }
      }
    }
    return photos;
  }
}
