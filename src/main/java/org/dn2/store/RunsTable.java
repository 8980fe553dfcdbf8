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
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ColumnWords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of runs as a Parquet table for other programs, a file for each. */
public final class RunsTable {
  private static final Logger LOG = LoggerFactory.getLogger(RunsTable.class);

  /** One row a run. */
  public static final StructType SCHEMA = RunColumns.SCHEMA;

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
              ColumnWords.written(
                  spark.createDataFrame(List.of(row(record)), SCHEMA).coalesce(1), SCHEMA),
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
        withValues(record.configuration()));
  }

  private static Map<String, String> withValues(Map<String, String> settings) {
    return settings.entrySet().stream()
        .filter(setting -> setting.getValue() != null)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
