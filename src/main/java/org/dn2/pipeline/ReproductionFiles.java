package org.dn2.pipeline;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.dn2.report.Page;
import org.dn2.report.PageWriter;
import org.dn2.reproduction.DatasetResults;
import org.dn2.reproduction.ResultRows;
import org.dn2.store.Draft;

/** The folder of a reproduction's report: the page and its pictures, and all figures as tables. */
final class ReproductionFiles {
  private ReproductionFiles() {}

  static void write(SparkSession spark, Page page, List<DatasetResults> datasets, Draft draft) {
    draft.file("report.md", PageWriter.markdown(page));
    draft.file("report.html", PageWriter.html(page));
    ResultFiles.write(
        spark, ResultRows.measurements(datasets), ResultRows.MEASUREMENTS, draft, "measurements");
    ResultFiles.write(spark, ResultRows.figures(datasets), ResultRows.FIGURES, draft, "figures");
    for (Page.Section section : page.sections()) {
      for (Page.Picture picture : section.pictures()) {
        draft.file(picture.file(), picture.png());
      }
    }
  }
}
