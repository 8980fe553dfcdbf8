package org.dn2.pipeline;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** A folder a day, to which images come, in which they change, and from which they vanish. */
final class SimulatedInbox {
  private static final int SIDE = 8;
  private static final int DAYS_LATE = 2;

  private final Path folder;
  private final Random random;
  private final List<Path> present = new ArrayList<>();
  private long clock = 1_795_000_000_000L;
  private int written;

  SimulatedInbox(Path folder, Random random) {
    this.folder = folder;
    this.random = random;
  }

  /** What happens until a night. */
  void night(LocalDate date, int images) throws IOException {
    int late = images / 20;
    add(date, images - late);
    for (int i = 0; i < late; i++) {
      add(date.minusDays(random.nextInt(DAYS_LATE + 1)), 1);
    }
    List<Path> young = present.subList(Math.max(0, present.size() - 2 * images), present.size());
    for (int i = 0; i < images / 50; i++) {
      write(young.get(random.nextInt(young.size())));
      Path gone = young.remove(random.nextInt(young.size()));
      Files.delete(gone);
    }
  }

  /** Adds images to a day's folder. */
  void add(LocalDate date, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path file = folder.resolve("%s/%05d.png".formatted(date, written++));
      Files.createDirectories(file.getParent());
      write(file);
      present.add(file);
    }
  }

  private void write(Path file) throws IOException {
    Files.write(file, content());
    clock += 1000;
    Files.setLastModifiedTime(file, FileTime.fromMillis(clock));
  }

  /** A picture; one of a hundred is none, and one of fifty breaks off. */
  private byte[] content() throws IOException {
    if (random.nextInt(100) == 0) {
      return ("no picture " + random.nextLong()).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, new Color(random.nextInt(1 << 24)).getRGB());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    byte[] whole = bytes.toByteArray();
    return random.nextInt(50) == 0 ? java.util.Arrays.copyOf(whole, whole.length / 2) : whole;
  }
}
