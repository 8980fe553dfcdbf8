package org.dn2.pipeline;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.FittedDetector;
import org.dn2.report.Findings;
import org.dn2.table.Tables;

/**
 * What a page is made of, wherever it is kept.
 *
 * @param title of the page
 * @param runDate ISO-8601, null where the scores lie outside of a table
 * @param place of the scores, in words
 * @param scores rows of {@link Tables#SCORES}, one run's
 * @param detector that gave them, null where it is not at hand
 * @param reference columns image_id and path of its reference set; null with it
 * @param images where those that are scored can be seen
 * @param referenceImages where those of the reference set can be seen
 * @param rejects rows of {@link Tables#REJECTS}; null where they are not at hand
 * @param beyondLimit images that were found and not looked at; null where that is not known
 * @param normalLabels labels that count as normal; empty where none is known to be
 * @param nights this run and those before it, the oldest first; empty where it is the only one
 * @param heatMaps what makes heat maps; null for none
 * @param settings by which the run was made, beside what the detector tells
 */
record ReportSource(
    String title,
    String runId,
    String runDate,
    String place,
    Dataset<Row> scores,
    FittedDetector detector,
    Dataset<Row> reference,
    ShownImages images,
    ShownImages referenceImages,
    Dataset<Row> rejects,
    Long beyondLimit,
    List<String> normalLabels,
    List<Findings.Night> nights,
    ReportHeatMaps heatMaps,
    List<Findings.Fact> settings) {}
