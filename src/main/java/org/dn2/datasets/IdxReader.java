package org.dn2.datasets;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.dn2.table.UserDataException;

/**
 * MNIST and Fashion-MNIST: for each split a file of gray images and one of labels in LeCun's idx
 * form, big-endian, gzipped or not.
 *
 * @param classes the classes' names, by label
 */
record IdxReader(List<String> classes) implements DatasetReader {
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;
  private static final int IMAGES_HEADER_BYTES = 16;
  private static final int LABELS_HEADER_BYTES = 8;
  private static final int IMAGES_A_TASK = 5_000;
  private static final int MOST_PIXELS_A_SIDE = 4_096;

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    List<ImageSource> sources = new ArrayList<>();
    sources.addAll(sources(folder, "train", "train"));
    sources.addAll(sources(folder, "t10k", "test"));
    return sources;
  }

  private List<ImageSource> sources(SourceFolder folder, String prefix, String split)
      throws IOException {
    String images = present(folder, prefix + "-images-idx3-ubyte");
    String labels = present(folder, prefix + "-labels-idx1-ubyte");
    Header header = readHeader(folder, images);
    int count = labelCount(folder, labels);
    if (count != header.count()) {
      throw new UserDataException(
          "%s holds %,d images and %s %,d labels; they are not of one dataset."
              .formatted(folder.path(images), header.count(), folder.path(labels), count));
    }
    requireLength(folder, images, IMAGES_HEADER_BYTES + (long) count * header.pixels());
    requireLength(folder, labels, LABELS_HEADER_BYTES + (long) count);
    return Ranges.share(
        count,
        IMAGES_A_TASK,
        (first, some) -> new Range(images, labels, split, header, first, some, classes));
  }

  private static String present(SourceFolder folder, String name) throws IOException {
    String found = folder.firstOf(name + ".gz", name);
    if (found == null) {
      throw new UserDataException(
          "%s lacks the file %s (or %s.gz). Is the download whole and unpacked there?"
              .formatted(folder.path(), name, name));
    }
    return found;
  }

  /** Of a gzipped file the length shows only in reading it. */
  private static void requireLength(SourceFolder folder, String name, long needed)
      throws IOException {
    long length = folder.size(name);
    if (!name.endsWith(".gz") && length != needed) {
      throw folder.damaged(
          name, "it has %,d bytes, and its header asks for %,d".formatted(length, needed));
    }
  }

  private record Header(int count, int rows, int columns) implements java.io.Serializable {
    int pixels() {
      return rows * columns;
    }
  }

  private static Header readHeader(SourceFolder folder, String name) throws IOException {
    try (DataInputStream in = open(folder, name)) {
      requireMagic(folder, name, in.readInt(), IMAGES_MAGIC);
      Header header = new Header(in.readInt(), in.readInt(), in.readInt());
      if (header.count() < 1
          || header.rows() < 1
          || header.columns() < 1
          || header.rows() > MOST_PIXELS_A_SIDE
          || header.columns() > MOST_PIXELS_A_SIDE) {
        throw folder.damaged(
            name,
            "its header tells of %d images of %d x %d pixels"
                .formatted(header.count(), header.columns(), header.rows()));
      }
      return header;
    } catch (EOFException | ZipException e) {
      throw truncated(folder, name, e);
    }
  }

  private static int labelCount(SourceFolder folder, String name) throws IOException {
    try (DataInputStream in = open(folder, name)) {
      requireMagic(folder, name, in.readInt(), LABELS_MAGIC);
      return in.readInt();
    } catch (EOFException | ZipException e) {
      throw truncated(folder, name, e);
    }
  }

  private static void requireMagic(SourceFolder folder, String name, int magic, int needed) {
    if (magic != needed) {
      throw folder.damaged(
          name,
          "it begins with 0x%08x, and an idx file of its kind with 0x%08x"
              .formatted(magic, needed));
    }
  }

  private static UserDataException truncated(SourceFolder folder, String name, Exception cause) {
    UserDataException error = folder.damaged(name, "it ends early or is not gzipped");
    error.initCause(cause);
    return error;
  }

  private static DataInputStream open(SourceFolder folder, String name) throws IOException {
    InputStream in = folder.open(name);
    return new DataInputStream(
        new BufferedInputStream(name.endsWith(".gz") ? new GZIPInputStream(in) : in));
  }

  /** Some of the images of a split. */
  private record Range(
      String imagesFile,
      String labelsFile,
      String split,
      Header header,
      int first,
      int count,
      List<String> classes)
      implements ImageSource {

    @Override
    public Iterator<DatasetImage> images(SourceFolder folder) throws IOException {
      int pixels = header.pixels();
      byte[] images = read(folder, imagesFile, IMAGES_HEADER_BYTES, pixels);
      byte[] labels = read(folder, labelsFile, LABELS_HEADER_BYTES, 1);
      return Ranges.images(
          first,
          count,
          number -> {
            int at = number - first;
            int label = Byte.toUnsignedInt(labels[at]);
            if (label >= classes.size()) {
              throw folder.damaged(
                  labelsFile,
                  "the label %d of the image %d is none of 0 to %d"
                      .formatted(label, number, classes.size() - 1));
            }
            return new DatasetImage(
                "%s/%05d".formatted(split, number),
                null,
                classes.get(label),
                split,
                null,
                Png.gray(
                    header.columns(),
                    header.rows(),
                    Arrays.copyOfRange(images, at * pixels, (at + 1) * pixels)));
          });
    }

    private byte[] read(SourceFolder folder, String name, int headerBytes, int recordBytes)
        throws IOException {
      byte[] records = new byte[Math.multiplyExact(count, recordBytes)];
      try (DataInputStream in = open(folder, name)) {
        in.skipNBytes(headerBytes + (long) first * recordBytes);
        in.readFully(records);
      } catch (EOFException | ZipException e) {
        throw truncated(folder, name, e);
      }
      return records;
    }
  }
}
