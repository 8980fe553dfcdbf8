package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.s3a.CredentialInitializationException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.dn2.table.ClusterFaultException;
import org.dn2.testing.FlakyFiles;
import org.dn2.testing.FlakyFiles.Where;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageFileTest {
  private static final byte[] BYTES = {1, 2, 3, 4};
  private static final String NAME = "a.png";

  @TempDir Path folder;
  private final Configuration hadoop = new Configuration();

  @BeforeEach
  void writeFile() throws IOException {
    FlakyFiles.heal();
    Files.write(folder.resolve(NAME), BYTES);
    hadoop.set(FlakyFiles.IMPLEMENTATION, FlakyFiles.class.getName());
    hadoop.set(Retries.PAUSES, "0ms,0ms,0ms");
  }

  private byte[] read(Long listedBytes) throws UndecodableImageException {
    return ImageFile.at(FlakyFiles.address(folder.resolve(NAME)), listedBytes, hadoop)
        .read(DecodeLimits.DEFAULT);
  }

  private RejectReason reasonAfter(Where where, Supplier<? extends Throwable> failure) {
    FlakyFiles.heal();
    FlakyFiles.fail(NAME, where, 1, failure);
    return catchThrowableOfType(
            UndecodableImageException.class, () -> read(where == Where.LOOK ? null : 4L))
        .reason();
  }

  @ParameterizedTest
  @EnumSource
  void aHiccupOfTheStoreIsTriedAgain(Where where) throws Exception {
    FlakyFiles.fail(NAME, where, 3, () -> new IOException("connection reset"));
    assertThat(read(null)).isEqualTo(BYTES);
  }

  @Test
  void aStoreThatFailsForGoodFailsTheTaskAndSaysWhatItSaid() {
    FlakyFiles.fail(NAME, Where.READ, 99, () -> new SocketTimeoutException("read timed out"));
    assertThatThrownBy(() -> read(4L))
        .isInstanceOf(ClusterFaultException.class)
        .hasMessageContaining("a.png")
        .hasMessageContaining("4 times in turn: read timed out")
        .hasRootCauseInstanceOf(SocketTimeoutException.class);
    assertThat(FlakyFiles.timesOpened(NAME)).isEqualTo(4);
  }

  @Test
  void whatSaysNothingOfTheFileIsTheStoresFault() {
    List<Supplier<IOException>> failures =
        List.of(
            () -> new UnknownHostException("namenode"),
            () -> new IOException("Could not obtain block"),
            ImageFileTest::withoutKeys,
            () -> new RemoteException("org.apache.hadoop.ipc.StandbyException", "standby"),
            () -> new FileNotFoundException("a.png (Too many open files)"));
    for (Supplier<IOException> failure : failures) {
      FlakyFiles.fail(NAME, Where.OPEN, 99, failure);
      assertThatThrownBy(() -> read(4L)).isInstanceOf(ClusterFaultException.class);
    }
  }

  private static IOException withoutKeys() {
    IOException failure = new AccessDeniedException("bucket", null, "no credentials");
    failure.initCause(new CredentialInitializationException("no credentials"));
    return failure;
  }

  @Test
  void aFileThatIsNotThereIsGone() throws IOException {
    Files.delete(folder.resolve(NAME));
    for (Long listed : new Long[] {null, 4L}) {
      assertThatThrownBy(() -> read(listed))
          .isInstanceOf(UndecodableImageException.class)
          .hasMessageMatching("There is no file flaky:.*/a\\.png\\.")
          .extracting(e -> ((UndecodableImageException) e).reason())
          .isEqualTo(RejectReason.GONE);
    }
    assertThat(FlakyFiles.timesOpened(NAME)).as("no second attempt").isEqualTo(1);
  }

  @Test
  void aFileThatNobodyMayReadIsUnreadable() {
    assertThat(reasonAfter(Where.OPEN, () -> new AccessDeniedException(NAME)))
        .isEqualTo(RejectReason.UNREADABLE);
    assertThat(reasonAfter(Where.LOOK, () -> new AccessControlException("denied")))
        .isEqualTo(RejectReason.UNREADABLE);
    assertThat(
            reasonAfter(
                Where.OPEN,
                () -> new RemoteException(AccessControlException.class.getName(), "denied")))
        .isEqualTo(RejectReason.UNREADABLE);
    assertThat(reasonAfter(Where.READ, () -> new ChecksumException("bad", 0)))
        .isEqualTo(RejectReason.UNREADABLE);
    assertThat(FlakyFiles.timesOpened(NAME)).as("no second attempt").isEqualTo(1);
  }

  @Test
  void aFolderAndWhatIsNoAddressAreUnreadable() {
    for (Long listed : new Long[] {null, 4L}) {
      for (String name : List.of(FlakyFiles.address(folder), "nosuch://x/a.png")) {
        assertThatThrownBy(() -> ImageFile.at(name, listed, hadoop).read(DecodeLimits.DEFAULT))
            .as(name)
            .isInstanceOf(UndecodableImageException.class)
            .extracting(e -> ((UndecodableImageException) e).reason())
            .isEqualTo(RejectReason.UNREADABLE);
      }
    }
  }

  @Test
  void theLengthIsLookedAtAnewAfterAFailure() {
    FlakyFiles.fail(NAME, Where.OPEN, 1, () -> new IOException("changed"));
    assertThatThrownBy(
            () ->
                ImageFile.at(FlakyFiles.address(folder.resolve(NAME)), 2L, hadoop)
                    .read(new DecodeLimits(3, 1)))
        .hasMessageContaining("The file has 4 bytes, the limit is 3");
  }

  @Test
  void pausesGrowAndAreWaitedFor() throws Exception {
    List<Duration> waited = new ArrayList<>();
    Retries retries =
        new Retries(List.of(Duration.ofMillis(500), Duration.ofSeconds(2)), waited::add);
    int[] attempts = {0};
    String got =
        retries.first(
            NAME,
            () -> {
              if (++attempts[0] < 3) {
                throw new IOException("not yet");
              }
              return "got";
            });
    assertThat(got).isEqualTo("got");
    assertThat(waited).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(2));
  }

  @Test
  void aReaderThatIsToEndDoesNotTryAgain() {
    Retries retries =
        new Retries(
            List.of(Duration.ZERO),
            time -> {
              throw new InterruptedException("the task was ended");
            });
    int[] attempts = {0};
    assertThatThrownBy(
            () ->
                retries.first(
                    NAME,
                    () -> {
                      attempts[0]++;
                      throw new IOException("broken");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempts[0]).isEqualTo(1);
  }
}
