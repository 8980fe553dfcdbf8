package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectsTableTest {
  @ParameterizedTest
  @CsvSource({
    "scores, scores_rejects",
    "out/scores/, out/scores_rejects",
    "/nights/12:30, /nights/12:30_rejects",
    "'/nights/s{a,b}', '/nights/s{a,b}_rejects'",
    "s3a://plant/packed, s3a://plant/packed_rejects",
    "s3a://plant, s3a://plant/_rejects",
    "12:30, ./12:30_rejects",
  })
  void rejectsLieBesideTheTableWhateverItsName(String table, String rejects) {
    assertThat(RejectsTable.beside(table)).isEqualTo(rejects);
  }
}
