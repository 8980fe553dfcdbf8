package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dn2.image.DecodeLimits;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.testing.FlakyFiles;
import org.dn2.testing.Images;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of millions of files is slow to list: each folder is listed once by a job. */
class ListedOnceTest {
  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void writeImages() throws IOException {
    FlakyFiles.heal();
    Workplace.SPARK.conf().set(FlakyFiles.IMPLEMENTATION, FlakyFiles.class.getName());
    work = Workplace.in(folder);
    for (String name : List.of("train/red", "train/red/more", "train/dark", "test/red")) {
      Images.writeFolder(folder.resolve(name), 3, Color.RED, 7);
    }
  }

  @AfterEach
  void forgetTheStore() {
    FlakyFiles.heal();
    Workplace.SPARK.conf().unset(FlakyFiles.IMPLEMENTATION);
  }

  private String address(String name) {
    return FlakyFiles.address(folder.resolve(name));
  }

  private Map<String, Integer> once(String... names) {
    Map<String, Integer> listed = new TreeMap<>();
    for (String name : names) {
      listed.put(folder.resolve(name).toString(), 1);
    }
    return listed;
  }

  @Test
  void embedListsEachFolderOnce() {
    EmbedJob.Settings local = work.embedSettings("train", "out", "first");
    EmbedJob.Counts counts =
        new EmbedJob(Workplace.SPARK)
            .run(
                new EmbedJob.Settings(
                    Workplace.images(address("train")),
                    local.model(),
                    local.embedding(),
                    0,
                    local.output()));

    assertThat(counts.embedded()).isEqualTo(9);
    assertThat(FlakyFiles.timesListed())
        .isEqualTo(once("train", "train/dark", "train/red", "train/red/more"));
  }

  @Test
  void packListsEachFolderOnce() {
    PackJob.Counts counts =
        new PackJob(Workplace.SPARK)
            .run(
                new PackJob.Settings(
                    Workplace.images(address("train")),
                    DecodeLimits.DEFAULT,
                    0,
                    new Destination(work.path("packed"), new RunId("a"), ExistingOutput.KEEP)));

    assertThat(counts.packed()).isEqualTo(9);
    assertThat(FlakyFiles.timesListed())
        .isEqualTo(once("train", "train/dark", "train/red", "train/red/more"));
  }

  @Test
  void aWholeRunListsEachFolderOnce() throws IOException {
    Path conf = folder.resolve("run.conf");
    Files.writeString(
        conf,
        """
        dn2 {
          output = "%s/out"
          model = "%s/model"
          train { path = "%s" }
          test { path = "%s" }
          fit { features = none, threshold-quantile = 0.5 }
        }
        """
            .formatted(folder, folder, address("train"), address("test")));
    RunJob.Result result =
        new RunJob(Workplace.SPARK)
            .run(
                new RunJob.Settings(
                    RunConfig.read(conf.toFile()),
                    work.model(),
                    LocalDate.of(2026, 1, 2),
                    ScoreJob.OtherDates.STAY,
                    new RunId("one"),
                    ExistingOutput.KEEP));

    assertThat(result.scored().embedded()).isEqualTo(3);
    assertThat(FlakyFiles.timesListed())
        .isEqualTo(once("test", "test/red", "train", "train/dark", "train/red", "train/red/more"));
  }
}
