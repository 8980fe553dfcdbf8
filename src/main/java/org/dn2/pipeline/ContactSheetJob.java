package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.image.ImageDecoder;
import org.dn2.image.ImageFile;
import org.dn2.image.RgbImage;
import org.dn2.image.Thumbnails;
import org.dn2.image.UndecodableImageException;
import org.dn2.report.ContactSheet;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.table.LiteralPath;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The strangest images of a run beside their nearest normal ones, as one picture. */
final class ContactSheetJob {
  private static final Logger LOG = LoggerFactory.getLogger(ContactSheetJob.class);
  private static final int STRANGEST = 16;
  private static final String FILE = "strangest.png";

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Thumbnails thumbnails;

  /**
   * @param decoder by which the images were embedded, so that they are seen as the backbone saw
   *     them
   */
  ContactSheetJob(SparkSession spark, ImageDecoder decoder) {
    this.spark = spark;
    this.thumbnails = new Thumbnails(decoder, ContactSheet.TILE);
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * Draws the sheet into a folder. Images that lie in tables, not in files, are left out; without
   * any image in a file nothing is written.
   *
   * @param scores rows of {@link Tables#SCORES}
   * @param detector the folder of the detector, whose reference set has the neighbors' paths
   * @return the picture, or null if none was drawn
   */
  Path write(Dataset<Row> scores, String detector, Destination destination) {
    CommittedFolder output = CommittedFolder.claim(destination, "run", hadoop);
    List<Row> strangest =
        scores
            .orderBy(col(Tables.SCORE).desc(), col(Tables.IMAGE_ID))
            .limit(STRANGEST)
            .collectAsList();
    Map<String, String> paths = referencePaths(strangest, detector);
    List<ContactSheet.Entry> entries = new ArrayList<>();
    for (Row row : strangest) {
      RgbImage image = read(row.getAs(Tables.PATH));
      if (image != null) {
        String label = row.getAs(Tables.LABEL);
        entries.add(
            new ContactSheet.Entry(
                image,
                read(paths.get(nearest(row))),
                label == null ? row.getAs(Tables.IMAGE_ID) : label,
                row.<Double>getAs(Tables.SCORE)));
      }
    }
    BufferedImage sheet = entries.isEmpty() ? null : draw(entries);
    if (sheet == null) {
      return null;
    }
    output.write(
        draft -> {
          draft.file(FILE, png(sheet));
          return null;
        });
    return new Path(output.target(), FILE);
  }

  /** The sheet, or null on a machine without fonts: the scores do not depend on a picture. */
  private static BufferedImage draw(List<ContactSheet.Entry> entries) {
    try {
      return ContactSheet.draw(
          "The strangest images, their scores, and below each its nearest normal image", entries);
    } catch (RuntimeException | InternalError | LinkageError e) {
      LOG.warn("The picture of the strangest images could not be drawn: {}", e.toString());
      return null;
    }
  }

  private static String nearest(Row row) {
    return row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS)).get(0);
  }

  private Map<String, String> referencePaths(List<Row> strangest, String detector) {
    Set<String> ids = new HashSet<>();
    strangest.forEach(row -> ids.add(nearest(row)));
    Map<String, String> paths = new HashMap<>();
    for (Row row :
        new DetectorStore(spark)
            .referenceRows(LiteralPath.given(detector))
            .filter(col(Tables.IMAGE_ID).isin(ids.toArray()))
            .select(Tables.IMAGE_ID, Tables.PATH)
            .collectAsList()) {
      paths.put(row.getString(0), row.getString(1));
    }
    return paths;
  }

  /** The image of a file in small, or null where it is no longer to be had. */
  private RgbImage read(String name) {
    if (name == null) {
      return null;
    }
    try {
      byte[] file = ImageFile.at(name, null, hadoop).read(thumbnails.decoder().limits());
      return thumbnails.of(file);
    } catch (UndecodableImageException e) {
      LOG.warn(
          "The picture of {} is left out: {}",
          Printable.of(name),
          Printable.of(String.valueOf(e.getMessage())));
      return null;
    }
  }

  private static byte[] png(BufferedImage sheet) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(sheet, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException("the picture cannot be encoded", e);
    }
    return png.toByteArray();
  }
}
