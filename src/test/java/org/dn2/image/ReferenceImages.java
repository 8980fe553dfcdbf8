package org.dn2.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.dn2.testing.SharedFolder;

/** The reference that lies beside the project, made with Pillow: names, checksums and means. */
final class ReferenceImages {

  /** One image; {@code cropMean} is the mean of the 224 x 224 x 3 bytes. */
  record Reference(Path file, String cropSha256, double cropMean) {}

  private ReferenceImages() {}

  static List<Reference> read() throws IOException {
    Path folder = SharedFolder.require("reference");
    return Files.readAllLines(folder.resolve("images.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(
            cells ->
                new Reference(
                    folder.resolve("images").resolve(cells[0]),
                    cells[4],
                    Double.parseDouble(cells[5])))
        .toList();
  }

  static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
