package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.dn2.doctor.Finding;
import org.junit.jupiter.api.Test;

class ProcessorTest {
  private static final String ZEN_3 = "flags\t\t: fpu sse2 avx avx2 fma\n";
  private static final String ZEN_4 = "flags\t\t: fpu sse2 avx2 avx512f avx512_bf16\n";

  private static Finding finding(String architecture, String description, Precision precision) {
    return new Processor(architecture, description).finding(precision);
  }

  @Test
  void saysHowMuchFasterBf16WouldBe() {
    assertThat(finding("amd64", ZEN_4, Precision.FP32).detail())
        .startsWith("avx2, avx512f, avx512_bf16; it has bf16: model = default-bf16 would be 1.9");
    assertThat(finding("amd64", ZEN_4, Precision.BF16).detail())
        .endsWith("the model computes in bf16");
    assertThat(finding("amd64", ZEN_3, null).detail()).isEqualTo("avx2; no bf16");
  }

  @Test
  void failsWhereTheModelCannotRun() {
    assertThat(finding("amd64", ZEN_3, Precision.BF16).isFailure()).isTrue();
    assertThat(finding("aarch64", "", Precision.FP32).isFailure()).isTrue();
    assertThat(finding("amd64", "flags : sse2\n", Precision.FP32).level())
        .isEqualTo(Finding.Level.WARN);
  }
}
