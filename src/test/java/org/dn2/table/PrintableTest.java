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

  @Test
  void aMessageOfSeveralLinesHasOneBeginning() {
    assertThat(Printable.lines("one\n  two\ndn2: three\r\nfour\u001b[2J\u2028five\n"))
        .isEqualTo("one\n  two\n  dn2: three\n  four?[2J?five");
  }

  @Test
  void signsThatEndALineOrTurnItAreControlCharactersToo() {
    assertThat(Printable.of("a\u0085b\u2029c\u202ed\u009be\u200df")).isEqualTo("a?b?c?d?e\u200df");
  }
}
