package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.sql.Encoders;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pattern that leaves images out says so when they are listed. */
class ImageListingLabelsTest {
  private static final String FOLDER = "([^/]+)/[^/]+$";

  @TempDir Path folder;

  /** What is logged in memory. */
  private static final class Messages extends AbstractAppender {
    private final List<String> all = new ArrayList<>();

    Messages() {
      super("messages", null, null, true, Property.EMPTY_ARRAY);
      start();
    }

    @Override
    public void append(LogEvent event) {
      all.add(event.getMessage().getFormattedMessage());
    }
  }

  @BeforeEach
  void twoImagesHaveAFolderAndOneHasNone() throws IOException {
    Images.writeFolder(folder.resolve("in/red"), 2, Color.RED, 5);
    Images.writeFolder(folder.resolve("in"), 1, Color.RED, 6);
  }

  private ImageInput input(String labelPattern, String groupPattern, String... labels) {
    return new ImageInput(
        folder.resolve("in").toString(),
        ImageInput.Format.AUTO,
        labelPattern,
        groupPattern,
        null,
        List.of(labels),
        null,
        null);
  }

  private static List<String> logged(ImageInput input, long listed) {
    Logger logger = (Logger) LogManager.getLogger(ImageListingLabels.class);
    Messages messages = new Messages();
    logger.addAppender(messages);
    try {
      assertThat(ImageListing.list(SparkSessions.local(), input).count()).isEqualTo(listed);
    } finally {
      logger.removeAppender(messages);
    }
    return messages.all;
  }

  @Test
  void aPatternThatMatchesAPartIsWarnedOfWithAnExample() {
    assertThat(logged(input(FOLDER, null), 3))
        .containsExactly(
            "list: 1 of 3 images at %s have no label: the label pattern %s does not match them, such as 000.png"
                .formatted(folder.resolve("in"), FOLDER));
    assertThat(logged(input(FOLDER, null, "red"), 2))
        .as("said with labels left out too")
        .hasSize(1);
    assertThat(logged(input(null, "00(0)"), 3))
        .singleElement()
        .asString()
        .contains("1 of 3 images")
        .endsWith(
            "have no group: the group pattern 00(0) does not match them, such as red/001.png");
    assertThat(logged(input("([0-9]+)", "(png)"), 3)).isEmpty();
  }

  @Test
  void aPatternThatMatchesNothingIsAnError() {
    assertThatThrownBy(
            () -> ImageListing.list(SparkSessions.local(), input(null, "group-([0-9]+)")))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "The group pattern group-([0-9]+) gives none of the 3 images at %s a group, such as 000.png. It is searched in the image's path below the input, and its first group is the group. Mend it or leave it out."
                .formatted(folder.resolve("in")));
  }

  @Test
  void oneOfSeveralLabelsThatDoesNotOccurIsAnError() {
    assertThatThrownBy(
            () -> ImageListing.list(SparkSessions.local(), input(FOLDER, null, "red", "gren")))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "No image at %s has the label gren; of the labels that are asked for there are: red."
                .formatted(folder.resolve("in")));
  }

  @Test
  void aLimitTakesAChoiceThatGrowsWithIt() throws IOException {
    Images.writeFolder(folder.resolve("in/blue"), 9, Color.BLUE, 7);
    List<String> before = List.of();
    for (int limit = 1; limit <= 13; limit++) {
      ImageListing.Found found = ImageListing.find(SparkSessions.local(), limited(limit));
      List<String> ids =
          found.images().select("image_id").as(Encoders.STRING()).collectAsList().stream()
              .sorted()
              .toList();
      assertThat(ids).hasSize(Math.min(limit, 12)).containsAll(before);
      assertThat(found.leftOut().byRule().getOrDefault("limit", 0L)).isEqualTo(12 - ids.size());
      before = ids;
    }
    assertThatThrownBy(() -> limited(0))
        .hasMessage("The limit of images is 0; it must be 1 or more, or left out.");
  }

  private ImageInput limited(int limit) {
    return new ImageInput(
        folder.resolve("in").toString(),
        ImageInput.Format.AUTO,
        null,
        null,
        null,
        List.of(),
        null,
        null,
        List.of(),
        limit);
  }

  @Test
  void anInputIsKnownByTheLastPartsOfItsPath() {
    assertThat(ImageInput.of("/data/photos/tonight/").name()).isEqualTo("photos/tonight");
    assertThat(ImageInput.of("s3a://bucket/new").name()).isEqualTo("bucket/new");
    assertThat(ImageInput.of("new").name()).isEqualTo("new");
    assertThat(ImageInput.of("/new").name()).isEqualTo("new");
  }
}
