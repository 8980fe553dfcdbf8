package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.Lease;
import org.dn2.store.RunId;
import org.dn2.store.RunRecord;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.UserDataException;
import org.dn2.testing.BigImages;
import org.dn2.testing.FlakyFiles;
import org.dn2.testing.Images;
import org.dn2.testing.ShiftedFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nights whose images, input tables, clocks or leases are at fault. */
class NightlyFaultsTest {
  private static final String FIRST = "2026-11-01";
  private static final String SECOND = "2026-11-02";
  private static final String THIRD = "2026-11-03";
  private static final String FOURTH = "2026-11-04";
  private static final Path BROKEN = Path.of("src/test/resources/images/broken");
  private static final String PAUSES = "dn2.read.retry.pauses";
  private static final int MANY = 10_000;
  private static final long SEED = 5;

  @TempDir private static Path folder;
  private static NightlyPlace place;
  private static PlantReader plant;

  /** A plant whose detector is fitted. */
  @BeforeAll
  static void firstNight() throws IOException {
    place = NightlyPlace.in(folder);
    plant = new PlantReader(place.plant());
    Images.writeFolder(place.normal(), 8, Color.RED, 100);
    Images.writeFolder(place.inbox(), 3, Color.RED, 1000);
    place.run(FIRST);
    FileUtils.copyDirectory(new java.io.File(place.plant()), folder.resolve("prepared").toFile());
  }

  @BeforeEach
  void asAfterTheFirstNight() throws IOException {
    FileUtils.deleteDirectory(new java.io.File(place.plant()));
    FileUtils.copyDirectory(folder.resolve("prepared").toFile(), new java.io.File(place.plant()));
    FlakyFiles.heal();
    Workplace.SPARK.conf().set(FlakyFiles.IMPLEMENTATION, FlakyFiles.class.getName());
    Workplace.SPARK.conf().set(PAUSES, "0ms,0ms");
  }

  @AfterEach
  void forgetTheStores() {
    FlakyFiles.heal();
    for (String setting :
        List.of(
            FlakyFiles.IMPLEMENTATION,
            PAUSES,
            "fs.file.impl",
            "fs.file.impl.disable.cache",
            ShiftedFiles.MILLISECONDS)) {
      Workplace.SPARK.conf().unset(setting);
    }
  }

  private static String inbox(Object path) {
    return "inbox { path = \"" + path + "\" }\n";
  }

  private static List<String> withFirst(String... more) {
    return Stream.concat(Stream.of("000.png", "001.png", "002.png"), Arrays.stream(more)).toList();
  }

  @Test
  void aTruncatedPartOfAnInputTableFailsTheNightThatNamesIt() throws IOException {
    Path images = folder.resolve("to-pack");
    for (int i = 0; i < 6; i++) {
      Files.createDirectories(images);
      Files.write(images.resolve("t" + i + ".png"), Images.encoded("png", Color.BLUE, i));
    }
    Path table = folder.resolve("table");
    new PackJob(Workplace.SPARK)
        .run(
            new PackJob.Settings(
                ImageInput.of(images.toString()),
                DecodeLimits.DEFAULT,
                0.5,
                new Destination(table.toString(), new RunId("first"), ExistingOutput.KEEP)));
    Path foreign = folder.resolve("foreign");
    Workplace.SPARK
        .read()
        .parquet(table.toString())
        .select("image_id", "content")
        .repartition(2)
        .write()
        .parquet(foreign.toString());
    Path part = parquetIn(foreign);
    byte[] whole = Files.readAllBytes(part);
    for (byte[] broken : List.of(Arrays.copyOf(whole, whole.length / 2), garbled(whole))) {
      Files.write(part, broken);
      assertThatThrownBy(() -> place.run(SECOND, inbox(foreign)))
          .isInstanceOf(UserDataException.class)
          .hasMessageContaining(foreign.toString());
      assertThat(plant.newestFailure()).contains(foreign.toString());
      assertThat(plant.scores()).hasSize(3);
    }
    assertThat(plant.outcomes()).containsExactly("succeeded", "failed", "failed");

    Files.write(part, whole);
    assertThat(place.run(SECOND, inbox(foreign)).scored()).isEqualTo(6);
    plant.requireEachOnce(
        withFirst("t0.png", "t1.png", "t2.png", "t3.png", "t4.png", "t5.png"), "a whole table");
  }

  private static Path parquetIn(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().findFirst().get();
    }
  }

  /** The same length, of other pages. */
  private static byte[] garbled(byte[] whole) {
    byte[] garbled = whole.clone();
    byte[] noise = new byte[whole.length / 2];
    new Random(SEED).nextBytes(noise);
    System.arraycopy(noise, 0, garbled, 4, noise.length);
    return garbled;
  }

  @Test
  void aTwentiethOfTenThousandImagesIsBrokenInEveryWay() throws IOException {
    Path many = folder.resolve("many");
    byte[] sound = Images.encoded("png", Color.RED, 1);
    Random random = new Random(SEED);
    List<Path> broken;
    try (Stream<Path> files = Files.list(BROKEN)) {
      broken = files.sorted().toList();
    }
    List<String> listed = new ArrayList<>();
    int ways = broken.size() + 2;
    for (int i = 0; i < MANY; i++) {
      Path day = Files.createDirectories(many.resolve("%02d".formatted(i / 500)));
      int way = i / 20 % ways;
      boolean isBroken = i % 20 == 7;
      byte[] content = sound;
      String ending = "png";
      if (isBroken && way < broken.size()) {
        content = Files.readAllBytes(broken.get(way));
        String name = broken.get(way).getFileName().toString();
        ending = name.substring(name.lastIndexOf('.') + 1);
      } else if (isBroken && way == broken.size()) {
        content = Arrays.copyOf(sound, 9 + random.nextInt(sound.length / 2));
      } else if (isBroken) {
        content = new byte[200];
        random.nextBytes(content);
      }
      String name = "%05d.%s".formatted(i, ending);
      Files.write(day.resolve(name), content);
      listed.add(day.getFileName() + "/" + name);
    }
    BigImages.write(many.resolve("bomb.png"), 40_000, 40_000, 1_000);
    listed.add("bomb.png");
    Images.writeFolder(many, 3, Color.RED, 1000);

    String settings = inbox(many) + "batch-size = 64\nmax-reject-fraction = ";
    assertThatThrownBy(() -> place.run(SECOND, settings + "0.01"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("Too many images of " + many + " were rejected")
        .hasMessageContaining("or raise nightly.max-reject-fraction.");
    assertThat(plant.newestFailure()).contains("Too many images");
    List<RunRecord> records = place.opened().runs().records();
    assertThat(records.get(records.size() - 1).inbox().rejected())
        .as("told by the record of the night that failed for it")
        .isEqualTo(MANY / 20 + 1);
    assertThat(plant.scores()).hasSize(3);

    RunRecord record = place.run(SECOND, settings + "0.1");
    assertThat(record.inbox().rejected()).isEqualTo(MANY / 20 + 1);
    assertThat(record.inbox().rejectedByReason())
        .containsKeys("empty", "not_an_image", "truncated", "too_large");
    // Those of the first night have other files here.
    assertThat(record.scored()).isEqualTo(MANY - MANY / 20 + 3);
    listed.addAll(withFirst());
    plant.requireEachOnce(listed, "10,000 images");
    assertThat(place.run(THIRD, settings + "0.1").scored()).isZero();
  }

  @Test
  void aFileThatGoesOrChangesBetweenListingAndReadingIsToldAndHealed() throws IOException {
    Path changing = folder.resolve("changing");
    Images.writeFolder(changing, 6, Color.BLUE, 50);
    Path gone = changing.resolve("004.png");
    Path replaced = changing.resolve("005.png");
    byte[] other = Images.encoded("png", Color.GREEN, 99);
    FlakyFiles.fail("004.png", FlakyFiles.Where.OPEN, 1, () -> changed(gone, null));
    FlakyFiles.fail("005.png", FlakyFiles.Where.OPEN, 1, () -> changed(replaced, other));
    String inbox = inbox(FlakyFiles.address(changing));

    RunRecord record = place.run(SECOND, inbox);
    assertThat(record.inbox().rejectedByReason()).isEqualTo(Map.of("gone", 1L));
    assertThat(plant.rejects()).containsExactly("004.png:1 gone");
    // 000.png to 002.png are other files than those of the first night.
    assertThat(record.scored()).isEqualTo(5);

    Files.write(gone, Images.encoded("png", Color.BLUE, 54));
    RunRecord healed = place.run(THIRD, inbox);
    assertThat(healed.inbox().changed()).isEqualTo(2);
    assertThat(healed.scored()).isEqualTo(2);
    List<String> scores = plant.scores();
    assertThat(scoreOf("005.png:2", scores))
        .as("what was read is what is scored, both times")
        .isEqualTo(scoreOf("005.png:1", scores));
    assertThat(place.run(FOURTH, inbox).scored()).isZero();
    plant.requireEachOnce(withFirst("003.png", "004.png", "005.png"), "after files changed");
  }

  private static String scoreOf(String version, List<String> scores) {
    return scores.stream()
        .filter(score -> score.startsWith(version + " "))
        .map(score -> score.substring(score.indexOf(' ')))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void keysThatExpireInMidRunFailTheNightAndRejectNoImage() throws IOException {
    Path keyed = folder.resolve("keyed");
    Images.writeFolder(keyed, 6, Color.BLUE, 90);
    FlakyFiles.fail(
        "004.png",
        FlakyFiles.Where.OPEN,
        99,
        () ->
            new AccessDeniedException(
                "s3a://inbox/004.png",
                null,
                "The provided token has expired. (Service: S3, Status Code: 403):ExpiredToken"));
    String inbox = inbox(FlakyFiles.address(keyed));
    assertThatThrownBy(() -> place.run(SECOND, inbox))
        .hasStackTraceContaining(ClusterFaultException.class.getName());
    assertThat(plant.newestFailure()).contains("The store failed").contains("ExpiredToken");
    assertThat(plant.scores()).hasSize(3);
    assertThat(plant.rejects()).isEmpty();

    FlakyFiles.heal();
    assertThat(place.run(SECOND, inbox).scored()).isEqualTo(6);
    assertThat(plant.rejects()).isEmpty();
    assertThat(plant.outcomes()).containsExactly("succeeded", "failed", "succeeded");
  }

  private static IOException changed(Path file, byte[] content) {
    try {
      if (content == null) {
        Files.delete(file);
      } else {
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
      }
      return new IOException("connection reset");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3_600_000, -3_600_000})
  void aClockAnHourOffNeitherEndsALeaseNorProlongsIt(long shift) throws IOException {
    Workplace.SPARK.conf().set("fs.file.impl", ShiftedFiles.class.getName());
    Workplace.SPARK.conf().set("fs.file.impl.disable.cache", "true");
    Workplace.SPARK.conf().set(ShiftedFiles.MILLISECONDS, Long.toString(shift));
    try (Lease lease =
        place
            .opened()
            .runs()
            .begin(new RunId("other"), LocalDate.parse(SECOND), Duration.ofMinutes(1))) {
      assertThatThrownBy(() -> place.run(SECOND))
          .isInstanceOf(UserDataException.class)
          .hasMessageContaining("Another run is at work on the plant")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      lease.requireHeld();
    }
    minutesPass(2);
    assertThat(place.run(SECOND).inbox().listed()).isEqualTo(3);
    assertThat(plant.outcomes()).containsExactly("succeeded", "abandoned", "succeeded");
    assertThat(plant.newestFailure()).isNull();
    plant.requireEachOnce(withFirst(), "under a wrong clock");
  }

  private static void minutesPass(int minutes) {
    try (Stream<Path> files = Files.list(Path.of(place.plant(), "runs/_records"))) {
      for (Path file : files.filter(name -> name.toString().matches(".*(lease|alive)")).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60L * minutes)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRunThatWasTakenOverSaysSoAndCommitsNothing() throws IOException {
    Path held = folder.resolve("held");
    Images.writeFolder(held, 5, Color.BLUE, 70);
    FlakyFiles.fail(
        "004.png",
        FlakyFiles.Where.OPEN,
        1,
        () -> {
          minutesPass(2);
          place
              .opened()
              .runs()
              .begin(new RunId("taker"), LocalDate.parse(THIRD), Duration.ofSeconds(5))
              .close();
          return new IOException("connection reset");
        });
    String settings = inbox(FlakyFiles.address(held)) + "lease = 60s";
    assertThatThrownBy(() -> place.run(SECOND, settings))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("The run 2026-11-02 of 2026-11-02 gave no sign of life")
        .hasMessageContaining("another run took over");
    assertThat(plant.outcomes()).containsExactly("succeeded", "abandoned");
    assertThat(plant.scores()).hasSize(3);

    minutesPass(2);
    place.run(FOURTH, settings);
    plant.requireEachOnce(withFirst("003.png", "004.png"), "after the next night");
    assertThat(place.rows("embeddings", "image_id", "image_version", "run_id"))
        .as("rows of the run that was taken over")
        .noneMatch(row -> row.endsWith(SECOND));
  }
}
