package org.dn2.pipeline;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.dn2.report.Reproduced;
import org.dn2.report.ReproducedPage;
import org.dn2.report.ReproducedText;
import org.dn2.reproduction.DatasetResults;
import org.dn2.reproduction.ResultRows;
import org.dn2.store.Draft;

/** The folder of a reproduction's report: the page, its tables as text, all figures as tables. */
final class ReproductionFiles {
  private ReproductionFiles() {}

  static void write(
      SparkSession spark, Reproduced reproduced, List<DatasetResults> datasets, Draft draft) {
    draft.file("report.md", ReproducedText.markdown(reproduced));
    draft.file("report.html", ReproducedPage.html(reproduced));
    ResultFiles.write(
        spark, ResultRows.measurements(datasets), ResultRows.MEASUREMENTS, draft, "measurements");
    ResultFiles.write(spark, ResultRows.figures(datasets), ResultRows.FIGURES, draft, "figures");
  }
}
