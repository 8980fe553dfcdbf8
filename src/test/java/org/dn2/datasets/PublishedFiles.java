package org.dn2.datasets;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;

/** Writes small datasets in the forms of the real ones. */
final class PublishedFiles {
  private PublishedFiles() {}

  /** Two files of images of 4 x 3 pixels; every pixel of the image i is {@code 10 * i}. */
  static void idx(Path folder, String prefix, int[] labels, boolean gzipped) throws IOException {
    Files.createDirectories(folder);
    String ending = gzipped ? ".gz" : "";
    try (DataOutputStream out =
        new DataOutputStream(
            stream(folder.resolve(prefix + "-images-idx3-ubyte" + ending), gzipped))) {
      out.writeInt(0x803);
      out.writeInt(labels.length);
      out.writeInt(3);
      out.writeInt(4);
      for (int i = 0; i < labels.length; i++) {
        for (int pixel = 0; pixel < 12; pixel++) {
          out.writeByte(10 * i);
        }
      }
    }
    try (DataOutputStream out =
        new DataOutputStream(
            stream(folder.resolve(prefix + "-labels-idx1-ubyte" + ending), gzipped))) {
      out.writeInt(0x801);
      out.writeInt(labels.length);
      for (int label : labels) {
        out.writeByte(label);
      }
    }
  }

  private static OutputStream stream(Path file, boolean gzipped) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return gzipped ? new GZIPOutputStream(out) : out;
  }

  /**
   * A file of CIFAR's records. A record's pixel in the row y and column x is ({@code y}, {@code x},
   * the record's number).
   *
   * @param records the bytes of labels of each record
   */
  static void cifar(Path file, int[]... records) throws IOException {
    Files.createDirectories(file.getParent());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int number = 0; number < records.length; number++) {
      for (int label : records[number]) {
        out.write(label);
      }
      for (int channel = 0; channel < 3; channel++) {
        for (int y = 0; y < 32; y++) {
          for (int x = 0; x < 32; x++) {
            out.write(channel == 0 ? y : channel == 1 ? x : number);
          }
        }
      }
    }
    Files.write(file, out.toByteArray());
  }

  /** A MAT file with a row vector of bytes, as in {@code imagelabels.mat}. */
  static void mat(Path file, String[] names, int[][] vectors) throws IOException {
    try (MatFile mat = Mat5.newMatFile()) {
      for (int i = 0; i < names.length; i++) {
        Matrix vector = Mat5.newMatrix(1, vectors[i].length);
        for (int column = 0; column < vectors[i].length; column++) {
          vector.setDouble(0, column, vectors[i][column]);
        }
        mat.addArray(names[i], vector);
      }
      Mat5.writeToFile(mat, file.toString());
    }
  }

  /** One picture of a color. */
  static void picture(Path file, int width, int height, Color color) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, color.getRGB());
      }
    }
    String name = file.getFileName().toString();
    if (!ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile())) {
      throw new IOException("no writer for " + file);
    }
  }

  static void text(Path file, List<String> lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, lines);
  }
}
