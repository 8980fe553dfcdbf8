package org.dn2.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

class SearchPlanTest {
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
