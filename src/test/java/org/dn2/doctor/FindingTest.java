package org.dn2.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FindingTest {
  @Test
  void theVersionsAreThoseOfTheBuild() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<spark.version>" + BuiltFor.SPARK + "</spark.version>")
        .contains("<hadoop.version>" + BuiltFor.HADOOP + "</hadoop.version>")
        .contains("<aws-sdk.version>" + BuiltFor.AWS_SDK + "</aws-sdk.version>")
        .contains("<scala.binary.version>" + BuiltFor.SCALA + "</scala.binary.version>")
        .contains("<maven.compiler.release>" + BuiltFor.JAVA + "</maven.compiler.release>");
  }

  @Test
  void theLibrariesOfTheTestsAreRight() {
    assertThat(List.of(Libraries.java(), Libraries.spark(), Libraries.hadoop(), Libraries.s3a()))
        .extracting(Finding::level)
        .containsOnly(Finding.Level.OK);
  }

  @Test
  void otherLibrariesAreToldWithWhatToDo() {
    assertThat(Libraries.spark("3.5.1", "2.12.18"))
        .isEqualTo(
            Finding.fail(
                "Spark",
                "3.5.1 for Scala 2.12; dn2 is built for 4.1.0 and Scala 2.13",
                "Submit with a Spark 4.1 distribution for Scala 2.13."));
    assertThat(Libraries.hadoop("3.3.6").level()).isEqualTo(Finding.Level.WARN);
    assertThat(Libraries.s3a("3.3.6", BuiltFor.AWS_SDK, "3.4.2").advice())
        .contains("hadoop-aws-3.3.6.jar");
    assertThat(Libraries.s3a(null, null, "3.4.2").detail()).contains("hadoop-aws is missing");
    assertThat(Libraries.s3a("3.4.2", "2.20.1", "3.4.2").detail()).contains("SDK 2.20.1");
  }

  @Test
  void memoryOutsideTheHeapIsAskedFor() {
    assertThat(new Memory(4L << 30, 8L << 30, 4).finding("DN2_HEAP").level())
        .isEqualTo(Finding.Level.OK);
    assertThat(new Memory(6L << 30, 8L << 30, 4).finding("DN2_HEAP"))
        .isEqualTo(
            Finding.warn(
                "memory",
                "4 cores, 6.0 GiB heap, 2.0 GiB outside it; libtorch wants about 3.0 GiB",
                "Give Java less (DN2_HEAP), or the machine or container more."));
  }

  @Test
  void whatDoesNotAnswerIsAFailure() {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(
            new TimeLimit(Duration.ofMillis(50))
                .within(
                    "store",
                    "Look at the network.",
                    () -> {
                      never.await();
                      return List.of();
                    }))
        .containsExactly(Finding.fail("store", "no answer within 0 s", "Look at the network."));
  }

  @Test
  void secretsAndControlCharactersAreNotPrinted() {
    assertThat(Finding.ok("a\nb", "s3a://KEY:SECRET@bucket/x is there"))
        .isEqualTo(Finding.ok("a?b", "s3a://***@bucket/x is there"));
  }
}
