package org.dn2.pipeline;

import java.io.IOException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.dn2.image.ImageInput;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/** Where the images of a night are looked for. */
final class NightlyInputs {
  /** In a path: the run's date. */
  static final String DATE = "{date}";

  private NightlyInputs() {}

  /**
   * The inputs, each with what the ids of its images begin with. A day without a folder has none.
   *
   * @throws UserDataException if a folder of all days is missing
   */
  static Map<String, ImageInput> ofInbox(
      NightlyConfig.Inbox inbox, LocalDate date, Configuration hadoop) {
    Map<String, ImageInput> inputs = new LinkedHashMap<>();
    if (!inbox.input().path().contains(DATE)) {
      inputs.put("", inbox.input());
      return inputs;
    }
    for (int days = inbox.daysBack(); days >= 0; days--) {
      LocalDate day = date.minusDays(days);
      ImageInput input = inbox.input().at(inbox.input().path().replace(DATE, day.toString()));
      if (isThere(input.path(), hadoop)) {
        inputs.put(day + "/", input);
      }
    }
    return inputs;
  }

  private static boolean isThere(String path, Configuration hadoop) {
    try {
      Path place = LiteralPath.given(path);
      return place.getFileSystem(hadoop).exists(place);
    } catch (IOException e) {
      throw new UserDataException(
          "The path %s cannot be looked at: %s".formatted(path, e.getMessage()), e);
    }
  }
}
