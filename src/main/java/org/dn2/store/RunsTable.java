package org.dn2.store;

import java.io.IOException;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of runs as a Parquet table for other programs, a file for each. */
public final class RunsTable {
  private static final Logger LOG = LoggerFactory.getLogger(RunsTable.class);

  private static final DataType COUNTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false);
  private static final DataType TEXTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, true);

  /** One row a run. */
  public static final StructType SCHEMA =
      new StructType()
          .add("sequence", DataTypes.LongType, false)
          .add("run_date", DataTypes.DateType, false)
          .add("run_id", DataTypes.StringType, false)
          .add("outcome", DataTypes.StringType, false)
          .add("failure", DataTypes.StringType, true)
          .add("started_at", DataTypes.TimestampType, false)
          .add("ended_at", DataTypes.TimestampType, false)
          .add("listed", DataTypes.LongType, true)
          .add("unchanged", DataTypes.LongType, true)
          .add("added", DataTypes.LongType, true)
          .add("changed", DataTypes.LongType, true)
          .add("embedded", DataTypes.LongType, true)
          .add("reused", DataTypes.LongType, true)
          .add("rejected", DataTypes.LongType, true)
          .add("rejected_by_reason", COUNTS, true)
          .add("left_out_by_rule", COUNTS, true)
          .add("reference_listed", DataTypes.LongType, true)
          .add("reference_embedded", DataTypes.LongType, true)
          .add("reference_rejected", DataTypes.LongType, true)
          .add("scored", DataTypes.LongType, false)
          .add("anomalies", DataTypes.LongType, false)
          .add("alarm_rate", DataTypes.DoubleType, true)
          .add("images_per_second", DataTypes.DoubleType, true)
          .add(
              "seconds_by_stage",
              DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, false),
              true)
          .add("detector_id", DataTypes.StringType, true)
          .add("fitted_detector_id", DataTypes.StringType, true)
          .add("model_id", DataTypes.StringType, true)
          .add("model_fingerprint", DataTypes.StringType, true)
          .add("code_version", DataTypes.StringType, true)
          .add("spark_version", DataTypes.StringType, true)
          .add("application_id", DataTypes.StringType, true)
          .add("holder", DataTypes.StringType, true)
          .add("configuration", TEXTS, true);

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Path folder;

  RunsTable(SparkSession spark, Path folder) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.folder = folder;
  }

  /** Adds the rows of records that are not in the table yet. */
  public void addMissing(List<RunRecord> records) {
    try {
      Set<String> present = new TreeSet<>();
      for (FileStatus entry : WholeFolder.listIfThere(folder.getFileSystem(hadoop), folder)) {
        String name = entry.getPath().getName();
        if (name.endsWith(".parquet") && name.indexOf('-') > 0) {
          present.add(name.substring(0, name.indexOf('-')));
        }
      }
      for (RunRecord record : records) {
        String name = String.format(Locale.ROOT, "%06d", record.sequence());
        if (!present.contains(name)) {
          TableFiles.write(
              spark.createDataFrame(List.of(row(record)), SCHEMA).coalesce(1),
              folder,
              "",
              name,
              Map.of());
        }
      }
    } catch (IOException e) {
      LOG.warn("The table of runs {} is not complete: {}", folder, e.getMessage());
    }
  }

  private static Row row(RunRecord record) {
    RunRecord.SourceCounts inbox = record.inbox();
    RunRecord.SourceCounts reference = record.reference();
    return RowFactory.create(
        record.sequence(),
        Date.valueOf(LocalDate.parse(record.runDate())),
        record.runId(),
        record.outcome().name().toLowerCase(Locale.ROOT),
        record.failure(),
        Timestamp.from(Instant.parse(record.startedAt())),
        Timestamp.from(Instant.parse(record.endedAt())),
        inbox == null ? null : inbox.listed(),
        inbox == null ? null : inbox.unchanged(),
        inbox == null ? null : inbox.added(),
        inbox == null ? null : inbox.changed(),
        inbox == null ? null : inbox.embedded(),
        inbox == null ? null : inbox.reused(),
        inbox == null ? null : inbox.rejected(),
        inbox == null ? null : inbox.rejectedByReason(),
        inbox == null ? null : inbox.leftOutByRule(),
        reference == null ? null : reference.listed(),
        reference == null ? null : reference.embedded(),
        reference == null ? null : reference.rejected(),
        record.scored(),
        record.anomalies(),
        record.alarmRate(),
        record.imagesPerSecond(),
        record.secondsByStage(),
        record.detectorId(),
        record.fitted() == null ? null : record.fitted().detectorId(),
        record.modelId(),
        record.modelFingerprint(),
        record.codeVersion(),
        record.sparkVersion(),
        record.applicationId(),
        record.holder(),
        record.configuration());
  }
}
