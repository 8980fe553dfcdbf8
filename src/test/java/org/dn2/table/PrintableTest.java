package org.dn2.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void controlCharactersBecomeQuestionMarks() {
    assertThat(Printable.of("red\u001b[31m\n\tend\u007f")).isEqualTo("red?[31m??end?");
  }

  @Test
  void everythingElseStays() {
    assertThat(Printable.of("Prüfling Nr. 7/α β.png")).isEqualTo("Prüfling Nr. 7/α β.png");
    assertThat(Printable.of("")).isEmpty();
  }
}
