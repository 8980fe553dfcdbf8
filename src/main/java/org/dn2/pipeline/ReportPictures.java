package org.dn2.pipeline;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.ImageDecoder;
import org.dn2.image.RgbImage;
import org.dn2.report.Jpegs;
import org.dn2.table.ContentPlace;

/**
 * Small pictures of some images, made by the executors and held up to a number of bytes. Those that
 * are asked for first are kept.
 */
final class ReportPictures {
  private final SparkSession spark;
  private final ImageDecoder decoder;
  private final long mostCharacters;
  private final Map<Picture, Integer> wanted = new LinkedHashMap<>();
  private final List<String> made = new ArrayList<>();
  private Map<Integer, Integer> places;

  /** An image, no larger than so many pixels on a side. */
  private record Picture(ShownImage image, int side) {}

  /**
   * None yet.
   *
   * @param decoder by which the images were embedded, so that they are seen as the backbone saw
   *     them
   * @param mostCharacters of all pictures together as Base64
   */
  ReportPictures(SparkSession spark, ImageDecoder decoder, long mostCharacters) {
    this.spark = spark;
    this.decoder = decoder;
    this.mostCharacters = mostCharacters;
  }

  /** Asks for a picture; a null image is none. */
  void want(ShownImage image, int side) {
    if (image != null) {
      wanted.putIfAbsent(new Picture(image, side), wanted.size());
    }
  }

  /** Makes what was asked for. */
  List<String> make() {
    places = new LinkedHashMap<>();
    if (wanted.isEmpty()) {
      return List.of();
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Map<Integer, byte[]> jpegs = new LinkedHashMap<>();
    context
        .parallelize(inPlace(), Math.min(wanted.size(), 4 * context.defaultParallelism()))
        .mapPartitions(
            new Make(decoder, new SerializableConfiguration(spark.sessionState().newHadoopConf())))
        .collect()
        .forEach(made -> jpegs.put(made.number(), made.jpeg()));
    long characters = 0;
    for (int number : wanted.values()) {
      byte[] jpeg = jpegs.get(number);
      if (jpeg == null) {
        continue;
      }
      String text = Base64.getEncoder().encodeToString(jpeg);
      if (characters + text.length() <= mostCharacters) {
        characters += text.length();
        places.put(number, made.size());
        made.add(text);
      }
    }
    return List.copyOf(made);
  }

  /** Rows of one table one after another, as a task reads them. */
  private List<Wanted> inPlace() {
    List<Wanted> all = new ArrayList<>();
    wanted.forEach(
        (picture, number) -> all.add(new Wanted(number, picture.image(), picture.side())));
    if (all.stream().anyMatch(one -> one.image().place() != null)) {
      all.sort(
          Comparator.comparing(
              one -> one.image().place(), Comparator.nullsFirst(ContentPlace.IN_FILES)));
    }
    return all;
  }

  /** Where a picture is among those that were made; null if it is not. */
  Integer placeOf(ShownImage image, int side) {
    Integer number = wanted.get(new Picture(image, side));
    return number == null ? null : places.get(number);
  }

  /** What a task is to make. */
  private record Wanted(int number, ShownImage image, int side) implements Serializable {}

  /** What a task made. */
  private record Made(int number, byte[] jpeg) implements Serializable {}

  /** One decoded image at a time; an image that cannot be shown is left out. */
  private record Make(ImageDecoder decoder, SerializableConfiguration hadoop)
      implements FlatMapFunction<Iterator<Wanted>, Made> {

    @Override
    public Iterator<Made> call(Iterator<Wanted> pictures) {
      List<Made> made = new ArrayList<>();
      try (ReadShownImages images = new ReadShownImages(decoder, hadoop.value())) {
        pictures.forEachRemaining(
            wanted -> {
              RgbImage image = images.small(wanted.image(), wanted.side());
              if (image != null) {
                made.add(new Made(wanted.number(), Jpegs.encode(image)));
              }
            });
      }
      return made.iterator();
    }
  }
}
