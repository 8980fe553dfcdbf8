import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.Embedder;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Embeds a folder again and again inside Spark and reads after each pass what the last collection
 * left of the heap, the native buffers, the process's resident memory and its open files. No
 * collection is asked for. Flat lines mean that nothing is kept.
 *
 * <p>Run by {@code src/bench/run MemoryBenchmark MODEL_FOLDER IMAGE_FOLDER IMAGES PLOT.png}.
 */
public final class MemoryBenchmark {
  private MemoryBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    long wanted = Long.parseLong(args[2]);
    ModelSpec spec = ModelSpec.fromJson(Files.readString(model.resolve(ModelSpec.FILE_NAME)));
    EmbeddingSettings settings =
        new EmbeddingSettings(16, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
    List<Double> images = new ArrayList<>();
    List<Double> heap = new ArrayList<>();
    List<Double> buffers = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    List<Double> files = new ArrayList<>();
    SparkSession spark = BenchSessions.local();
    try (Embedder embedder =
        Embedder.broadcasting(spark, spec, model.resolve(spec.file()), settings)) {
      Dataset<Row> listing =
          ImageListing.list(spark, ImageInput.of(args[1])).repartition(8).cache();
      long perPass = listing.count();
      System.out.printf("%s, %d images a pass%n", spec.id(), perPass);
      System.out.println(" images  heap MiB  buffers MiB  resident MiB  open files");
      for (long done = perPass; done < wanted + perPass; done += perPass) {
        embedder.embed(listing).write().format("noop").mode("overwrite").save();
        images.add((double) done);
        heap.add((double) (heapAfterCollection() >> 20));
        buffers.add((double) (nativeBuffers() >> 20));
        resident.add((double) residentMebibytes());
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
          files.add((double) open.count());
        }
        int last = images.size() - 1;
        System.out.printf(
            Locale.ROOT,
            "%7d  %8.0f  %11.0f  %12.0f  %10.0f%n",
            done,
            heap.get(last),
            buffers.get(last),
            resident.get(last),
            files.get(last));
      }
    }
    spark.stop();
    plot(spec, images, heap, buffers, resident, files, args[3]);
  }

  private static void plot(
      ModelSpec spec,
      List<Double> images,
      List<Double> heap,
      List<Double> buffers,
      List<Double> resident,
      List<Double> files,
      String file)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(400)
            .title("Memory after each pass, " + spec.id())
            .xAxisTitle("images embedded")
            .yAxisTitle("MiB; open files")
            .build();
    chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0);
    chart.addSeries("resident, MiB", images, resident).setMarker(SeriesMarkers.NONE);
    chart.addSeries("heap in use, MiB", images, heap).setMarker(SeriesMarkers.NONE);
    chart.addSeries("native buffers, MiB", images, buffers).setMarker(SeriesMarkers.NONE);
    chart.addSeries("open files", images, files).setMarker(SeriesMarkers.NONE);
    BitmapEncoder.saveBitmap(chart, file, BitmapEncoder.BitmapFormat.PNG);
  }

  private static long heapAfterCollection() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .map(MemoryPoolMXBean::getCollectionUsage)
        .filter(Objects::nonNull)
        .mapToLong(MemoryUsage::getUsed)
        .sum();
  }

  private static long nativeBuffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** What Linux counts as this process's memory, native libraries' allocations included. */
  private static long residentMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
