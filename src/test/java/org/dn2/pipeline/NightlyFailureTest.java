package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.Map$;
import scala.jdk.javaapi.CollectionConverters;

class NightlyFailureTest {
  @Test
  void aRunThatIsStoppedIsNoFaultOfSpark() {
    SparkException cancelled =
        new SparkException(
            "SPARK_JOB_CANCELLED",
            Map$.MODULE$.from(
                CollectionConverters.asScala(
                    java.util.Map.of("jobId", "45", "reason", "as part of all"))),
            null);
    assertThat(NightlyFailure.inWords(new IllegalStateException(cancelled)))
        .isEqualTo("The run was stopped before its end.");
  }
}
