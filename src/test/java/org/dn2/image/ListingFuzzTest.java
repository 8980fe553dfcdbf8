package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.dn2.table.OutputNames;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random trees of odd names, links, circles, pipes and sockets: every entry is listed once or left
 * out by a rule, what is listed is read or refused with a reason, and nothing waits for ever.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ListingFuzzTest {
  private static final Configuration HADOOP = new Configuration();
  private static final int MOST_LINKS = 3;

  /** Parts of names, as a URI has them, some of which are no UTF-8. */
  private static final List<String> PARTS =
      List.of(
          "a",
          "B",
          "1",
          "_",
          ".",
          ":",
          "%20",
          "%25",
          "%5B",
          "%5D",
          "*",
          "%7B",
          "%7D",
          "%3F",
          "%23",
          "%5C",
          "%22",
          "'",
          "%0A",
          "%09",
          "~",
          "+",
          "&",
          "%C3%BC",
          "%E6%97%A5",
          "%F0%9F%98%80",
          "%E9",
          "%FF",
          "%C3",
          "%EF%BF%BD",
          "%CC%88",
          "%2D",
          "=",
          "%5CxE9");

  private static final List<String> WHOLE =
      List.of(
          "Thumbs.db",
          ".DS_Store",
          "labels.csv",
          "a.XMP",
          "_MG_1.JPG",
          "_SUCCESS",
          "_temporary",
          "_DN2_RUN",
          "_dn2",
          "_rejects",
          ".a.png.crc",
          "x._COPYING_",
          "2024-01-05T12:30:00.png");

  @TempDir Path temporary;

  /** A tree that a seed decides. */
  private final class Tree {
    private final Random random;
    private final Path root;
    private final List<Path> made = new ArrayList<>();
    private final List<ServerSocketChannel> sockets = new ArrayList<>();

    Tree(long seed) throws IOException {
      this.random = new Random(seed);
      this.root = Files.createDirectory(temporary.toRealPath().resolve("t" + seed));
      made.add(root);
      fill(root, 0);
    }

    private Path name(Path folder) {
      if (random.nextInt(6) == 0) {
        return folder.resolve(WHOLE.get(random.nextInt(WHOLE.size())));
      }
      StringBuilder name = new StringBuilder();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        name.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      String end = random.nextInt(3) == 0 ? "" : ".png";
      String uri = folder.toUri().toString();
      return Path.of(URI.create((uri.endsWith("/") ? uri : uri + "/") + "n" + name + end));
    }

    private void fill(Path folder, int depth) throws IOException {
      for (int i = random.nextInt(7); i > 0; i--) {
        Path entry = name(folder);
        if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        int kind = random.nextInt(12);
        if (kind < 3 && depth < 4) {
          fill(Files.createDirectory(entry), depth + 1);
        } else if (kind < 6) {
          Files.createSymbolicLink(entry, target(folder));
        } else if (kind == 6 && entry.toUri().getRawPath().length() < 100) {
          bind(entry);
        } else if (kind == 7 && random.nextInt(4) == 0) {
          pipe(entry);
        } else {
          Files.write(entry, entry.toUri().toString().getBytes(StandardCharsets.UTF_8));
        }
        made.add(entry);
      }
    }

    private Path target(Path folder) {
      return switch (random.nextInt(6)) {
        case 0 -> Path.of("gone");
        case 1 -> folder;
        case 2 -> Path.of("..");
        // Into the folder, so that what is relative to it has a name.
        case 3 -> Path.of(".").resolve(folder.relativize(made.get(random.nextInt(made.size()))));
        default -> made.get(random.nextInt(made.size()));
      };
    }

    private void bind(Path entry) throws IOException {
      ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      sockets.add(socket);
      socket.bind(UnixDomainSocketAddress.of(entry));
    }

    private void pipe(Path entry) throws IOException {
      // Its name has to pass through a process's arguments.
      Path plain = temporary.resolve("pipe");
      try {
        new ProcessBuilder("mkfifo", plain.toString()).start().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
      Files.move(plain, entry);
    }

    void close() throws IOException {
      for (ServerSocketChannel socket : sockets) {
        socket.close();
      }
    }

    /** How many entries there are to tell of, by a way of going through that is another. */
    long entries() throws IOException {
      Deque<Path> path = new ArrayDeque<>();
      path.add(root.toRealPath());
      return entries(root, path, 0);
    }

    private long entries(Path folder, Deque<Path> onPath, int links) throws IOException {
      long count = 0;
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
        for (Path entry : stream) {
          boolean isLink = Files.isSymbolicLink(entry);
          Path real = Files.isDirectory(entry) ? entry.toRealPath() : null;
          String name = entry.getFileName().toString();
          boolean isEnd =
              real == null
                  || name.startsWith(".")
                  || OutputNames.isOwn(name)
                  || (isLink
                      && (links == MOST_LINKS
                          || onPath.stream().anyMatch(each -> each.startsWith(real))))
                  || holdsMarker(entry);
          if (isEnd) {
            count++;
          } else {
            onPath.addLast(real);
            count += entries(entry, onPath, isLink ? links + 1 : links);
            onPath.removeLast();
          }
        }
      }
      return count;
    }

    private boolean holdsMarker(Path entry) throws IOException {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(entry)) {
        for (Path inside : stream) {
          if (OutputNames.marksOutput(inside.getFileName().toString())) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private static FolderWalk.Found walk(Path root) {
    String folder = "file:" + root;
    FolderWalk walk =
        new FolderWalk(folder, List.of(FolderWalk.first(folder)), new NameRules(null), HADOOP);
    while (walk.remaining() > 0) {
      walk.step();
    }
    return walk.found();
  }

  private static void assertReadOrRefused(FoundFile file) throws IOException {
    Throwable refused =
        catchThrowable(
            () -> {
              byte[] content =
                  ImageFile.at(file.path(), file.sizeBytes(), HADOOP).read(DecodeLimits.DEFAULT);
              Path opened = Path.of(new org.apache.hadoop.fs.Path(file.path()).toUri().getPath());
              assertThat(content).isEqualTo(Files.readAllBytes(opened));
              assertThat(file.path()).endsWith("/" + file.imageId());
            });
    if (refused != null) {
      assertThat(refused)
          .as(file.toString())
          .isInstanceOfSatisfying(
              UndecodableImageException.class,
              e -> assertThat(e.reason()).isEqualTo(RejectReason.UNREADABLE));
      assertThat(file.path() == null || file.sizeBytes() == null).as(file.toString()).isTrue();
    }
  }

  @Test
  void everyEntryIsListedOnceOrLeftOutByARule() throws Exception {
    long listed = 0;
    long leftOut = 0;
    for (long seed = 1; seed <= 200; seed++) {
      System.out.println("tree of seed " + seed);
      Tree tree = new Tree(seed);
      try {
        FolderWalk.Found found = walk(tree.root);
        LeftOut others = LeftOut.of(found.leftOut());
        assertThat(found.files().size() + others.total())
            .as("seed %d: %s, %s", seed, found.files(), others)
            .isEqualTo(tree.entries());
        Set<String> ids = new HashSet<>();
        for (FoundFile file : found.files()) {
          assertThat(ids.add(file.imageId())).as(file.toString()).isTrue();
          assertReadOrRefused(file);
        }
        listed += found.files().size();
        leftOut += others.total();
      } finally {
        tree.close();
      }
    }
    assertThat(listed).isGreaterThan(300);
    assertThat(leftOut).isGreaterThan(100);
  }

  @Test
  void throughSparkTheSameIsFoundOrTheUserIsToldWhy() throws Exception {
    for (long seed = 1001; seed <= 1008; seed++) {
      System.out.println("tree of seed " + seed);
      Tree tree = new Tree(seed);
      try {
        FolderWalk.Found expected = walk(tree.root);
        ImageInput input =
            new ImageInput(
                tree.root.toString(),
                ImageInput.Format.FOLDER,
                null,
                null,
                null,
                List.of(),
                null,
                null);
        if (expected.files().isEmpty()) {
          assertThat(catchThrowable(() -> ImageListing.find(SparkSessions.local(), input)))
              .isInstanceOf(UserDataException.class)
              .hasMessageContaining(LeftOut.of(expected.leftOut()).toString());
          continue;
        }
        ImageListing.Found found = ImageListing.find(SparkSessions.local(), input);
        assertThat(found.images().select("image_id").collectAsList())
            .extracting(row -> row.getString(0))
            .containsExactlyInAnyOrderElementsOf(
                expected.files().stream().map(FoundFile::imageId).toList());
        assertThat(found.leftOut()).isEqualTo(LeftOut.of(expected.leftOut()));
      } finally {
        tree.close();
      }
    }
  }
}
