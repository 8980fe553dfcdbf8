package org.dn2.datasets;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.dn2.image.RgbImage;

/**
 * CIFAR-10 and CIFAR-100 in their binary version: records of one or two bytes of labels and 3,072
 * bytes of pixels, the 32 x 32 red ones first, then the green, then the blue.
 *
 * @param trainFiles of the training split
 * @param testFile of the test split
 * @param namesFile the classes' names, a line each, in the order of the labels
 * @param labelBytes before the pixels of a record
 * @param labelAt which of these is the label
 */
record CifarReader(
    List<String> trainFiles, String testFile, String namesFile, int labelBytes, int labelAt)
    implements DatasetReader {
  private static final int IMAGES_A_TASK = 5_000;
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;

  static final CifarReader CIFAR10 =
      new CifarReader(
          List.of(
              "data_batch_1.bin",
              "data_batch_2.bin",
              "data_batch_3.bin",
              "data_batch_4.bin",
              "data_batch_5.bin"),
          "test_batch.bin",
          "batches.meta.txt",
          1,
          0);

  static final CifarReader CIFAR100_COARSE = cifar100("coarse_label_names.txt", 0);
  static final CifarReader CIFAR100_FINE = cifar100("fine_label_names.txt", 1);

  private static CifarReader cifar100(String namesFile, int labelAt) {
    return new CifarReader(List.of("train.bin"), "test.bin", namesFile, 2, labelAt);
  }

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    List<String> needed = new ArrayList<>(trainFiles);
    needed.add(testFile);
    needed.add(namesFile);
    folder.require(needed.toArray(String[]::new));
    List<String> names = folder.lines(namesFile);
    List<ImageSource> sources = new ArrayList<>();
    for (String file : trainFiles) {
      sources.addAll(sources(folder, file, "train", names));
    }
    sources.addAll(sources(folder, testFile, "test", names));
    return sources;
  }

  private List<ImageSource> sources(
      SourceFolder folder, String file, String split, List<String> names) throws IOException {
    int recordBytes = labelBytes + RgbImage.CHANNELS * PLANE;
    long size = folder.size(file);
    if (size == 0 || size % recordBytes != 0 || size / recordBytes > Integer.MAX_VALUE) {
      throw folder.damaged(
          file, "its %,d bytes are no whole number of records of %,d".formatted(size, recordBytes));
    }
    return Ranges.share(
        (int) (size / recordBytes),
        IMAGES_A_TASK,
        (first, count) -> new Range(file, split, names, labelBytes, labelAt, first, count));
  }

  /** Some of the records of a file. */
  private record Range(
      String file,
      String split,
      List<String> names,
      int labelBytes,
      int labelAt,
      int first,
      int count)
      implements ImageSource {

    @Override
    public Iterator<DatasetImage> images(SourceFolder folder) throws IOException {
      int recordBytes = labelBytes + RgbImage.CHANNELS * PLANE;
      byte[] records = new byte[Math.multiplyExact(count, recordBytes)];
      try (DataInputStream in = new DataInputStream(folder.open(file))) {
        in.skipNBytes((long) first * recordBytes);
        in.readFully(records);
      } catch (EOFException e) {
        throw folder.damaged(file, "it ends early");
      }
      String prefix = file.substring(0, file.lastIndexOf('.'));
      return Ranges.images(
          first,
          count,
          number -> {
            int at = (number - first) * recordBytes;
            int label = Byte.toUnsignedInt(records[at + labelAt]);
            if (label >= names.size()) {
              throw folder.damaged(
                  file,
                  "the label %d of the record %d is none of 0 to %d"
                      .formatted(label, number, names.size() - 1));
            }
            return new DatasetImage(
                "%s/%05d".formatted(prefix, number),
                null,
                names.get(label),
                split,
                null,
                Png.rgb(interleave(records, at + labelBytes)));
          });
    }

    private static RgbImage interleave(byte[] records, int from) {
      byte[] pixels = new byte[RgbImage.CHANNELS * PLANE];
      for (int pixel = 0; pixel < PLANE; pixel++) {
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
          pixels[pixel * RgbImage.CHANNELS + channel] = records[from + channel * PLANE + pixel];
        }
      }
      return new RgbImage(SIDE, SIDE, pixels);
    }
  }
}
