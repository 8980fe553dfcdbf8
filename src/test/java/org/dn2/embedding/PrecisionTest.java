package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrecisionTest {

  @Test
  void everyProcessorMustHaveInstructionsForBf16() {
    String zen4 = "processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 fma\n";
    String sapphireRapids = "processor\t: 1\nflags\t\t: fpu amx_bf16 amx_tile\n";
    String haswell = "processor\t: 2\nflags\t\t: fpu avx2 fma\n";
    assertThat(Precision.hasBf16(zen4)).isTrue();
    assertThat(Precision.hasBf16(zen4 + sapphireRapids)).isTrue();
    assertThat(Precision.hasBf16(zen4 + haswell)).isFalse();
    assertThat(Precision.hasBf16("")).isFalse();
    assertThat(Precision.hasBf16("model name : avx512_bf16\n")).isFalse();
  }
}
