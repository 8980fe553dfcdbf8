import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders that a benchmark fills and removes. */
final class TemporaryFolder {
  private static final int FILES_PER_FOLDER = 1000;

  private TemporaryFolder() {}

  /** Removes a folder and all in it. */
  static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }

  /** Writes one file under many names, a thousand to a folder: links, so that disk is no matter. */
  static void fill(Path folder, int count, byte[] content) throws IOException {
    Path first = null;
    for (int i = 0; i < count; i++) {
      Path file = folder.resolve("%04d/%03d.jpg".formatted(i / FILES_PER_FOLDER, i % FILES_PER_FOLDER));
      if (i % FILES_PER_FOLDER == 0) {
        Files.createDirectories(file.getParent());
        first = Files.write(file, content);
      } else {
        Files.createLink(file, first);
      }
    }
  }
}
