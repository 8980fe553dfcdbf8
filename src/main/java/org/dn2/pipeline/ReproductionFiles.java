package org.dn2.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.report.Page;
import org.dn2.report.PageWriter;
import org.dn2.reproduction.DatasetResults;
import org.dn2.reproduction.ResultRows;

/** The folder of a reproduction's report: the page and its pictures, and all figures as tables. */
final class ReproductionFiles {
  private final SparkSession spark;
  private final Configuration hadoop;

  ReproductionFiles(SparkSession spark, Configuration hadoop) {
    this.spark = spark;
    this.hadoop = hadoop;
  }

  void write(Page page, List<DatasetResults> datasets, Path folder) {
    try {
      text(new Path(folder, "report.md"), PageWriter.markdown(page));
      text(new Path(folder, "report.html"), PageWriter.html(page));
      TableFiles.write(
          spark,
          ResultRows.measurements(datasets),
          ResultRows.MEASUREMENTS,
          new Path(folder, "measurements"));
      TableFiles.write(
          spark, ResultRows.figures(datasets), ResultRows.FIGURES, new Path(folder, "figures"));
      for (Page.Section section : page.sections()) {
        for (Page.Picture picture : section.pictures()) {
          bytes(new Path(folder, picture.file()), picture.png());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the report could not be written", e);
    }
  }

  private void text(Path path, String text) throws IOException {
    bytes(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private void bytes(Path path, byte[] bytes) throws IOException {
    try (OutputStream out = path.getFileSystem(hadoop).create(path, false)) {
      out.write(bytes);
    }
  }
}
