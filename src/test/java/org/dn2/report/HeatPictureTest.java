package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.dn2.heat.HeatMap;
import org.dn2.heat.HeatScale;
import org.dn2.image.InputGeometry;
import org.dn2.image.ResizeMode;
import org.junit.jupiter.api.Test;

class HeatPictureTest {
  private static final HeatScale SCALE = new HeatScale(1, 2);

  private static BufferedImage drawn(HeatMap map, InputGeometry.Part seen) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(HeatPicture.png(map, SCALE, seen, 80, 40)));
  }

  @Test
  void heatIsDrawnWhereTheNetworkSawIt() throws IOException {
    HeatMap map = new HeatMap(2, 2, new float[] {0, 5, 0, 0});
    BufferedImage picture = drawn(map, new InputGeometry.Part(0.25, 0, 0.5, 1));
    assertThat(picture.getWidth()).isEqualTo(80);
    assertThat(picture.getHeight()).isEqualTo(40);
    assertThat(new Color(picture.getRGB(19, 10), true).getAlpha()).isZero();
    assertThat(new Color(picture.getRGB(60, 10), true).getAlpha()).isZero();
    assertThat(new Color(picture.getRGB(20, 10))).isEqualTo(HeatPicture.color(0));
    assertThat(new Color(picture.getRGB(39, 10))).isEqualTo(HeatPicture.color(0));
    assertThat(new Color(picture.getRGB(40, 19))).isEqualTo(HeatPicture.color(1));
    assertThat(new Color(picture.getRGB(59, 0))).isEqualTo(HeatPicture.color(1));
    assertThat(new Color(picture.getRGB(59, 20))).isEqualTo(HeatPicture.color(0));
  }

  @Test
  void theColorsAscendInLightness() {
    double before = -1;
    for (int i = 0; i <= 20; i++) {
      Color color = HeatPicture.color(i / 20.0);
      double lightness =
          0.2126 * color.getRed() + 0.7152 * color.getGreen() + 0.0722 * color.getBlue();
      assertThat(lightness).isGreaterThan(before);
      before = lightness;
    }
  }

  @Test
  void aCenteredCropIsKnownInPartsOfTheImage() {
    assertThat(new InputGeometry(ResizeMode.EXACT, 256, 224).seen(1000, 500))
        .isEqualTo(new InputGeometry.Part(0.0625, 0.0625, 0.875, 0.875));
    assertThat(new InputGeometry(ResizeMode.SHORT_SIDE, 256, 256).seen(1000, 500))
        .isEqualTo(new InputGeometry.Part(0.25, 0, 0.5, 1));
  }
}
