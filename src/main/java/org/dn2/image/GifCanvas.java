package org.dn2.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The canvas of a GIF and where its first frame lies on it. As in Pillow, the canvas grows where
 * the frame sticks out, and what the frame leaves bare has the transparent color, or else the
 * palette's first.
 */
record GifCanvas(int width, int height, int frameX, int frameY, int bareIndex) {

  static GifCanvas of(ImageReader reader) throws IOException {
    Element frame = element(reader.getImageMetadata(0), "ImageDescriptor");
    Element screen = element(reader.getStreamMetadata(), "LogicalScreenDescriptor");
    if (frame == null || screen == null) {
      throw new IIOException("the GIF has no frame");
    }
    int x = number(frame, "imageLeftPosition");
    int y = number(frame, "imageTopPosition");
    int width = Math.max(number(screen, "logicalScreenWidth"), x + number(frame, "imageWidth"));
    int height = Math.max(number(screen, "logicalScreenHeight"), y + number(frame, "imageHeight"));
    Element control = element(reader.getImageMetadata(0), "GraphicControlExtension");
    boolean transparent =
        control != null && "TRUE".equalsIgnoreCase(control.getAttribute("transparentColorFlag"));
    return new GifCanvas(
        width, height, x, y, transparent ? number(control, "transparentColorIndex") : 0);
  }

  /** The canvas with the first frame on it. */
  RgbImage paint(BufferedImage frame) throws IIOException, UndecodableImageException {
    RgbImage painted = RawPixels.of(frame);
    if (painted.width() == width && painted.height() == height) {
      return painted;
    }
    byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
    IndexColorModel palette = (IndexColorModel) frame.getColorModel();
    if (bareIndex < palette.getMapSize()) {
      byte[] bare = {
        (byte) palette.getRed(bareIndex),
        (byte) palette.getGreen(bareIndex),
        (byte) palette.getBlue(bareIndex)
      };
      if (!Arrays.equals(bare, new byte[3])) {
        for (int at = 0; at < rgb.length; at += RgbImage.CHANNELS) {
          System.arraycopy(bare, 0, rgb, at, RgbImage.CHANNELS);
        }
      }
    }
    int rowBytes = painted.width() * RgbImage.CHANNELS;
    for (int row = 0; row < painted.height(); row++) {
      System.arraycopy(
          painted.pixels(),
          row * rowBytes,
          rgb,
          ((frameY + row) * width + frameX) * RgbImage.CHANNELS,
          rowBytes);
    }
    return new RgbImage(width, height, rgb);
  }

  private static Element element(IIOMetadata metadata, String name) {
    IIOMetadataNode root =
        (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    NodeList found = root.getElementsByTagName(name);
    return found.getLength() == 0 ? null : (Element) found.item(0);
  }

  private static int number(Element element, String attribute) {
    return Integer.parseInt(element.getAttribute(attribute));
  }
}
