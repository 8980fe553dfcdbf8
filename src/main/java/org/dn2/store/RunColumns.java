package org.dn2.store;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ColumnWords;

/** The columns of {@link RunsTable}. */
final class RunColumns {
  private static final DataType COUNTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false);
  private static final DataType TEXTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false);

  private static final ColumnWords WORDS =
      ColumnWords.of(
          """
          sequence | runs | 1 or more | Counts the plant's runs
          run_date | | | The day for which the run was
          run_id | | | Names the run; a repeat has the same
          outcome | | succeeded, failed, abandoned | How the run ended; rows of other tables count where it succeeded; abandoned runs died
          failure | | | Why it failed, for people; null where it did not
          started_at | UTC, microseconds | | When the run began
          ended_at | UTC, microseconds | | When it ended; of an abandoned run, when that was found
          listed | images | 0 or more | In the inbox; null in this and the next eight columns where the run did not come to that; listed = unchanged + embedded + reused + rejected
          unchanged | images | 0 or more | Embedded or rejected by earlier runs
          added | images | 0 or more | Never seen before under their names
          changed | images | 0 or more | Seen before with other content
          embedded | images | 0 or more | Through the network, in this run
          reused | images | 0 or more | With the embedding of another image of the same content
          rejected | images | 0 or more | Without an embedding; the table rejects has a row for each
          rejected_by_reason | images | 0 or more | The rejected by reason
          left_out_by_rule | entries | 0 or more | Of the inbox that were not listed, by the rule that left them out
          reference_listed | images | 0 or more | In the folder of normal images; null in the reference's columns where that was not looked at
          reference_embedded | images | 0 or more | Normal images that went through the network, in this run
          reference_rejected | images | 0 or more | Normal images without an embedding
          scored | images | 0 or more | That got a score in this run
          anomalies | images | 0 or more | Of the scored, those above the threshold
          alarm_rate | fraction | 0 to 1 | anomalies / scored; null where nothing was scored
          images_per_second | images per second | above 0 | Embedded, while that lasted; null where none was
          seconds_by_stage | seconds | 0 or more | How long the run's stages took, by their names
          detector_id | | 16 hexadecimal digits | The detector of the scores; null where it did not come to that
          fitted_detector_id | | 16 hexadecimal digits | The detector that this run fitted; null for none
          model_id | | | The backbone, by its name
          model_fingerprint | | 16 hexadecimal digits | Of weights, preprocessing, views, precision and decoding
          code_version | | | Of this program
          spark_version | | | Of Spark
          application_id | | | Spark's name for the process
          holder | | | The machine and process
          configuration | | | Each setting as text, without secrets; settings without a value are left out
          """);

  /** One row a run. */
  static final StructType SCHEMA =
      WORDS.on(
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
              .add("configuration", TEXTS, true));

  private RunColumns() {}
}
