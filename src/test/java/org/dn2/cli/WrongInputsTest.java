package org.dn2.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every place that a command reads, here called X, and what wrong may lie there: it is refused as
 * the user's mistake, by name, and nothing is written.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WrongInputsTest {
  @TempDir static Path home;
  private static GoodPlaces good;

  @BeforeAll
  static void makeGoodPlaces() throws IOException {
    SparkSessions.local();
    good = GoodPlaces.in(home);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          embed --input X --format manifest --model backbone --out out    | packed scores manifest.csv
          embed --input X --format table --model backbone --out out       | packed
          embed --input images --model X --out out                        | backbone
          fit --embeddings X --k 1 --out out                              | embeddings
          score --embeddings X --detector detector --out out              | embeddings
          score --embeddings embeddings --detector X --out out            | detector
          score --embeddings X --covariance-trace --out out               |
          score --input images --detector X --model backbone --out out    | detector
          evaluate --scores X --normal-label red --out out                | scores
          report --scores X --out out                                     | scores
          report --scores scores --detector X --out out                   | detector
          report --scores scores --embeddings X --out out                 | embeddings
          report --scores scores --detector detector --heat-maps --model X --out out | backbone
          compare --embeddings X --normal-label red                       | embeddings
          compare --embeddings embeddings --reference X --normal-label red | embeddings
          compare --embeddings embeddings --labels X --normal-label red   | labels.csv
          reproduce --what unimodal --data splits --model X --out out     | backbone
          run --conf X                                                    | run.conf
          model verify X                                                  | backbone
          model import --safetensors X --out out                          |
          model import --pth X --out out                                  |
          model import --tfjs X --out out                                 |
          model import --torchscript X --dimension 8 --out out            |
          """)
  void aPlaceOfAnotherKindIsRefused(String command, String right) throws IOException {
    Map<String, WrongPlaces.Maker> wrong = WrongPlaces.all(good);
    if (right != null) {
      wrong.keySet().removeAll(List.of(right.split(" ")));
    }
    new Walk(good).refuses(command, wrong);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          embed --input X --model backbone --out out
          embed --input X --format folder --model backbone --out out
          score --input X --detector detector --model backbone --out out
          reproduce --what unimodal --data X --model backbone --out out
          dataset import cifar10 --from X --out out
          dataset import cifar100-fine --from X --out out
          dataset import mnist --from X --out out
          dataset import flowers102 --from X --out out
          dataset import cub200 --from X --out out
          dataset import cats-vs-dogs --from X --out out
          dataset import dior --from X --out out
          dataset import wbc --from X --out out
          dataset import folder --from X --out out
          """)
  void aPlaceWithoutImagesIsRefused(String command) throws IOException {
    new Walk(good).refuses(command, WrongPlaces.few());
  }

  @Test
  void aRootOfAManifestThatIsNoneIsRefused() throws IOException {
    Map<String, WrongPlaces.Maker> wrong = WrongPlaces.few();
    wrong.keySet().retainAll(List.of("nothing"));
    new Walk(good)
        .refuses("embed --input manifest.csv --manifest-root X --model backbone --out out", wrong);
  }

  @Test
  void packingTakesAnyFileAndRefusesWhatIsNone() throws IOException {
    Map<String, WrongPlaces.Maker> wrong = WrongPlaces.few();
    wrong.remove("bytes");
    new Walk(good).refuses("pack --input X --out out", wrong);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          embed --input images --model X --out out             | backbone   | model.json    | /id /file /sha256 /dimension /resizeMode /resizeSize /cropSize /mean /standardDeviation /precision
          fit --embeddings X --k 1 --out out                   | embeddings | embed.json    | /model /model/id /model/dimension /model/mean
          score --embeddings embeddings --detector X --out out | detector   | detector.json | /formatVersion /k /distance /search /modelId /dimension /model /features /features/map /referenceRows /threshold /threshold/value /calibration /calibration/method
          """)
  void aDescriptionWithAWrongFieldIsRefusedOrMeansWhatItSays(
      String command, String place, String file, String fields) throws IOException {
    new Walk(good).refusesOrTakes(command, WrongFields.of(good, place, file, fields.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fit --embeddings X --k 1 --out out",
        "score --embeddings X --detector detector --out out",
        "compare --embeddings X --normal-label red --k 1 --features l2"
      })
  void embeddingsWithWrongRowsAreRefused(String command) throws IOException {
    Map<String, WrongPlaces.Maker> wrong = embeddings("embeddings", "embeddings").all();
    if (command.startsWith("score")) {
      // Each row is scored by itself.
      wrong.remove("all rows twice");
      wrong.remove("no rows");
    }
    new Walk(good).refuses(command, wrong);
  }

  private static WrongRows embeddings(String place, String table) {
    return new WrongRows(good, place, table)
        .without("image_id", "embedding")
        .with("image_id", oneOf("image_id", "null"), "array('x')")
        .with("embedding", "'x'", "array('x')", "array(1f)", "map('a', 1)")
        .with(
            "embedding",
            oneOf("embedding", "null"),
            oneOf("embedding", "array()"),
            oneOf("embedding", "transform(embedding, x -> float(null))"),
            oneOf("embedding", "transform(embedding, x -> float('nan'))"),
            oneOf("embedding", "transform(embedding, x -> float('infinity'))"))
        .withRowsMissingOrTwice();
  }

  private static String oneOf(String column, String value) {
    return "if(image_id = 'red/000.png', %s, %s)".formatted(value, column);
  }

  @Test
  void aDetectorWithWrongRowsIsRefused() throws IOException {
    String command = "score --embeddings embeddings --detector X --out out";
    new Walk(good).refuses(command, embeddings("detector", "reference").all());
    new Walk(good)
        .refuses(
            command,
            new WrongRows(good, "detector", "calibration")
                .without("score")
                .with("score", "'x'", "array(1d)", oneOf("score", "null"))
                .all());
  }

  @Test
  void scoresWithWrongRowsAreRefused() throws IOException {
    String run =
        "scores/run_date=2026-01-31/" + good.at("scores/run_date=2026-01-31").toFile().list()[0];
    new Walk(good)
        .refuses(
            "report --scores X --out out",
            new WrongRows(good, run, "")
                .without("label", "neighbor_ids")
                .with("score", "'x'", oneOf("score", "null"), oneOf("score", "double('nan')"))
                .with("neighbor_distances", "'x'")
                .all());
    new Walk(good)
        .refuses(
            "evaluate --scores X --normal-label red --out out",
            new WrongRows(good, run, "")
                .without("label", "score")
                .with("label", "array('red')", "'red'", "'blue'", oneOf("label", "null"))
                .with(
                    "score",
                    "'x'",
                    "array(1d)",
                    oneOf("score", "null"),
                    oneOf("score", "double('nan')"))
                .all());
  }
}
