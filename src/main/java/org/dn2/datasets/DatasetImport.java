package org.dn2.datasets;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Makes a table of images of a downloaded dataset. */
public final class DatasetImport {
  private DatasetImport() {}

  /**
   * The images of a dataset: rows of {@link Tables#IMAGES} with {@code content}, read by tasks as
   * the table is used.
   *
   * @param from the folder that the download was unpacked into, or the one around it
   * @throws UserDataException naming a file that is missing or damaged; damage inside a file shows
   *     when the table is used
   */
  public static Dataset<Row> images(SparkSession spark, PaperDataset dataset, String from) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    List<ImageSource> sources;
    String folderPath;
    try {
      SourceFolder folder = new SourceFolder(from, hadoop);
      if (!folder.has("")) {
        throw new UserDataException("There is no folder " + folder.path() + ".");
      }
      if (dataset.innerFolder() != null && folder.has(dataset.innerFolder())) {
        folder = new SourceFolder(folder.path(dataset.innerFolder()), hadoop);
      }
      sources = dataset.reader().sources(folder);
      folderPath = folder.path();
    } catch (IOException | IllegalArgumentException e) {
      throw new UserDataException(
          "The dataset %s in %s cannot be read: %s".formatted(dataset.id(), from, e.getMessage()),
          e);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<Row> rows =
        context
            .parallelize(sources, sources.size())
            .flatMap(new ReadSource(folderPath, new SerializableConfiguration(hadoop)));
    return spark.createDataFrame(rows, Tables.IMAGES);
  }

  private record ReadSource(String folder, SerializableConfiguration hadoop)
      implements FlatMapFunction<ImageSource, Row> {
    @Override
    public Iterator<Row> call(ImageSource source) throws IOException {
      Iterator<DatasetImage> images = source.images(new SourceFolder(folder, hadoop.value()));
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return images.hasNext();
        }

        @Override
        public Row next() {
          return images.next().toRow();
        }
      };
    }
  }
}
