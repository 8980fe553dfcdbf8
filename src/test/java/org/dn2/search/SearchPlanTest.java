package org.dn2.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

class SearchPlanTest {
  @Test
  void anExecutorsMemoryWithoutAUnitIsInMebibytesAsSparkReadsIt() {
    SparkConf conf = new SparkConf(false);
    assertThat(SearchPlan.executorHeapBytes(conf)).isEqualTo(1L << 30);
    assertThat(SearchPlan.executorHeapBytes(conf.set("spark.executor.memory", "4096")))
        .isEqualTo(4L << 30);
    assertThat(SearchPlan.executorHeapBytes(conf.set("spark.executor.memory", "6g")))
        .isEqualTo(6L << 30);
  }

  @Test
  void aSetThatNoHeapHoldsIsSearchedInBlocks() {
    assertThat(SearchPlan.AUTO.forSize(SparkSessions.local(), 1000, 2048))
        .isEqualTo(SearchPlan.BROADCAST);
    assertThat(SearchPlan.AUTO.forSize(SparkSessions.local(), 100_000_000, 2048))
        .isEqualTo(SearchPlan.BLOCKS);
    assertThat(SearchPlan.BROADCAST.forSize(SparkSessions.local(), 100_000_000, 2048))
        .isEqualTo(SearchPlan.BROADCAST);
  }
}
