package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.dn2.image.DecodeLimits;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.Tables;
import org.dn2.testing.FlakyFiles;
import org.dn2.testing.FlakyFiles.Where;
import org.dn2.testing.Images;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a job whose images lie on a store that fails. */
class StoreFaultsTest {
  private static final String PAUSES = "dn2.read.retry.pauses";

  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void writeImages() throws IOException {
    FlakyFiles.heal();
    Workplace.SPARK.conf().set(FlakyFiles.IMPLEMENTATION, FlakyFiles.class.getName());
    Workplace.SPARK.conf().set(PAUSES, "0ms,0ms");
    work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in/cat"), 8, Color.RED, 7);
  }

  @AfterEach
  void forgetTheStore() {
    FlakyFiles.heal();
    Workplace.SPARK.conf().unset(FlakyFiles.IMPLEMENTATION);
    Workplace.SPARK.conf().unset(PAUSES);
  }

  private EmbedJob.Counts embed() {
    EmbedJob.Settings local = work.embedSettings("in", "out", "first");
    return new EmbedJob(Workplace.SPARK)
        .run(
            new EmbedJob.Settings(
                Workplace.images(FlakyFiles.address(folder.resolve("in"))),
                local.model(),
                local.embedding(),
                local.maxRejectFraction(),
                local.output()));
  }

  private PackJob.Counts pack() {
    return new PackJob(Workplace.SPARK)
        .run(
            new PackJob.Settings(
                Workplace.images(FlakyFiles.address(folder.resolve("in"))),
                DecodeLimits.DEFAULT,
                0.5,
                new Destination(work.path("packed"), new RunId("first"), ExistingOutput.KEEP)));
  }

  @Test
  void aHiccupCostsNoImage() {
    FlakyFiles.fail("003.png", Where.READ, 2, () -> new IOException("connection reset"));
    FlakyFiles.fail("004.png", Where.OPEN, 1, () -> new IOException("503 slow down"));
    assertThat(embed().toString()).isEqualTo("8 listed, 8 embedded, 0 rejected");
    FlakyFiles.fail("003.png", Where.READ, 2, () -> new IOException("connection reset"));
    assertThat(pack().toString()).isEqualTo("8 listed, 8 packed, 0 rejected");
  }

  @Test
  void aStoreThatFailsForGoodEndsTheJobAndIsNoReject() {
    FlakyFiles.fail("003.png", Where.READ, 99, () -> new IOException("connection reset"));
    for (Throwable failure :
        new Throwable[] {catchThrowable(this::embed), catchThrowable(this::pack)}) {
      assertThat(failure)
          .hasStackTraceContaining(ClusterFaultException.class.getName())
          .hasStackTraceContaining("3 times in turn: connection reset");
    }
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(folder.resolve("packed")).doesNotExist();
    FlakyFiles.heal();
    assertThat(embed().embedded()).as("the same run goes on").isEqualTo(8);
  }

  @Test
  void aFileThatIsGoneSinceItWasListedIsARejectOfItsOwnKind() throws IOException {
    EmbedJob job = new EmbedJob(Workplace.SPARK);
    EmbedJob.Counts counts =
        job.run(
            work.embedSettings("in", "out", "first"),
            listed -> {
              delete("in/cat/002.png");
              return listed;
            });
    assertThat(counts.rejectedByReason()).isEqualTo(Map.of("gone", 1L));
    Row reject = work.rejects("out").head();
    assertThat(reject.<String>getAs(Tables.IMAGE_ID)).isEqualTo("cat/002.png");
    assertThat(reject.<String>getAs(Tables.MESSAGE)).contains("cat/002.png");
  }

  private void delete(String name) {
    try {
      Files.delete(folder.resolve(name));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void wantOfMemoryFailsTheTaskAndSaysWhatToDo() {
    FlakyFiles.fail("003.png", Where.READ, 99, () -> new OutOfMemoryError("Java heap space"));
    assertThatThrownBy(this::embed)
        .hasStackTraceContaining(
            "The memory ran out at the image cat/003.png (Java heap space). Give the process more");
    assertThat(catchThrowable(this::pack))
        .hasStackTraceContaining("The memory ran out at the image cat/003.png");
  }
}
