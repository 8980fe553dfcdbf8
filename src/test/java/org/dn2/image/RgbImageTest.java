package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RgbImageTest {
  private static final RgbImage TWO_BY_TWO =
      new RgbImage(2, 2, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});

  @Test
  void cropsARectangle() {
    assertThat(TWO_BY_TWO.crop(1, 0, 1, 2).pixels()).containsExactly(4, 5, 6, 10, 11, 12);
  }

  @Test
  void rejectsACropThatSticksOut() {
    assertThatThrownBy(() -> TWO_BY_TWO.crop(1, 0, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The crop x=1, y=0, width=2, height=1 must lie inside the image of 2 x 2 pixels.");
    assertThatThrownBy(() -> TWO_BY_TWO.crop(Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 1))
        .hasMessageContaining("must lie inside");
  }

  @Test
  void rejectsPixelsOfAnotherLength() {
    assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "An image of 2 x 2 pixels needs 12 bytes and sides of 1 or more, not 11 bytes.");
  }
}
