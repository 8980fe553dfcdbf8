package org.dn2.pipeline;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.ImageDecoder;
import org.dn2.image.ImageFile;
import org.dn2.image.RgbImage;
import org.dn2.image.Thumbnails;
import org.dn2.image.UndecodableImageException;
import org.dn2.report.Jpegs;
import org.dn2.table.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small pictures of some files, made by the executors and held up to a number of bytes. Those that
 * are asked for first are kept.
 */
final class ReportPictures {
  private static final StructType WANTED =
      new StructType()
          .add("wanted", DataTypes.IntegerType, false)
          .add("path", DataTypes.StringType, false)
          .add("side", DataTypes.IntegerType, false);
  private static final StructType MADE =
      new StructType()
          .add("wanted", DataTypes.IntegerType, false)
          .add("jpeg", DataTypes.BinaryType, false);

  private final SparkSession spark;
  private final ImageDecoder decoder;
  private final long mostCharacters;
  private final Map<Picture, Integer> wanted = new LinkedHashMap<>();
  private final List<String> made = new ArrayList<>();
  private Map<Integer, Integer> places;

  /**
   * A file, no larger than so many pixels on a side.
   *
   * @param path null where there is no file
   */
  private record Picture(String path, int side) {}

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

  /** Asks for a picture; a null path is none. */
  void want(String path, int side) {
    if (path != null) {
      wanted.putIfAbsent(new Picture(path, side), wanted.size());
    }
  }

  /** Makes what was asked for. */
  List<String> make() {
    List<Row> rows = new ArrayList<>();
    wanted.forEach(
        (picture, number) -> rows.add(RowFactory.create(number, picture.path(), picture.side())));
    places = new LinkedHashMap<>();
    if (rows.isEmpty()) {
      return List.of();
    }
    int tasks = Math.min(rows.size(), 4 * spark.sparkContext().defaultParallelism());
    Dataset<Row> pictures =
        spark
            .createDataFrame(rows, WANTED)
            .repartition(tasks)
            .mapPartitions(
                new Make(
                    decoder, new SerializableConfiguration(spark.sessionState().newHadoopConf())),
                Encoders.row(MADE));
    Map<Integer, byte[]> jpegs = new LinkedHashMap<>();
    pictures.collectAsList().forEach(row -> jpegs.put(row.getInt(0), row.getAs(1)));
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

  /** Where a picture is among those that were made; null if it is not. */
  Integer placeOf(String path, int side) {
    Integer number = wanted.get(new Picture(path, side));
    return number == null ? null : places.get(number);
  }

  /** One decoded image at a time; a file that cannot be shown is left out. */
  private record Make(ImageDecoder decoder, SerializableConfiguration hadoop)
      implements MapPartitionsFunction<Row, Row> {
    private static final Logger LOG = LoggerFactory.getLogger(ReportPictures.class);

    @Override
    public Iterator<Row> call(Iterator<Row> pictures) {
      List<Row> made = new ArrayList<>();
      pictures.forEachRemaining(
          row -> {
            RgbImage image = small(row.getString(1), row.getInt(2));
            if (image != null) {
              made.add(RowFactory.create(row.getInt(0), Jpegs.encode(image)));
            }
          });
      return made.iterator();
    }

    private RgbImage small(String path, int side) {
      try {
        return new Thumbnails(decoder, side)
            .of(ImageFile.at(path, null, hadoop.value()).read(decoder.limits()));
      } catch (UndecodableImageException e) {
        LOG.warn(
            "The picture of {} is left out: {}",
            Printable.of(path),
            Printable.of(String.valueOf(e.getMessage())));
        return null;
      }
    }
  }
}
