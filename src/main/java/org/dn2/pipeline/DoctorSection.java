package org.dn2.pipeline;

import java.io.File;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dn2.embedding.ComputeDevice;
import org.dn2.image.Decoding;
import org.dn2.image.ImageInput;
import org.dn2.image.View;
import org.dn2.table.UserDataException;

/**
 * What a section of a configuration file names that can be looked at before its job runs.
 *
 * @param read places of inputs
 * @param written places of outputs
 * @param nightly null where the section is a run's
 * @param run null where the section is a nightly job's
 */
record DoctorSection(
    List<Place> read,
    List<Place> written,
    String model,
    List<View> views,
    ComputeDevice device,
    Decoding decoding,
    NightlyConfig nightly,
    RunConfig run) {

  /**
   * A path.
   *
   * @param what the setting that names it
   */
  record Place(String what, String path) {}

  /** What holds without a file. */
  static DoctorSection none() {
    return new DoctorSection(
        List.of(), List.of(), BackboneFolder.DEFAULT, null, ComputeDevice.CPU, null, null, null);
  }

  /**
   * The sections of a file.
   *
   * @throws UserDataException if it has none, or what it says is wrong
   */
  static List<DoctorSection> of(File file) {
    List<DoctorSection> sections = new ArrayList<>();
    Optional<NightlyConfig> nightly = NightlyConfig.readIfThere(file);
    Optional<RunConfig> run = RunConfig.readIfThere(file);
    nightly.ifPresent(config -> sections.add(of(config)));
    run.ifPresent(config -> sections.add(of(config)));
    if (sections.isEmpty()) {
      throw new UserDataException(
          "The configuration file %s has neither a section nightly nor a section dn2. The folder conf holds examples."
              .formatted(file));
    }
    return sections;
  }

  private static DoctorSection of(NightlyConfig config) {
    List<Place> read = new ArrayList<>();
    ImageInput inbox = config.inbox().input();
    if (!inbox.path().contains(NightlyInputs.DATE)) {
      read.add(new Place("nightly.inbox.path", inbox.path()));
    }
    addRoot(read, "nightly.inbox", inbox);
    if (config.reference() != null) {
      read.add(new Place("nightly.reference.path", config.reference().path()));
      addRoot(read, "nightly.reference", config.reference());
    }
    List<Place> written = new ArrayList<>();
    written.add(new Place("nightly.plant", config.plant()));
    if (config.metricsFile() != null) {
      Path folder = config.metricsFile().toAbsolutePath().getParent();
      written.add(new Place("nightly.metrics-file", folder.toUri().toString()));
    }
    return new DoctorSection(
        read,
        written,
        config.model(),
        config.views(),
        config.embedding().device(),
        config.embedding().decoding(),
        config,
        null);
  }

  private static DoctorSection of(RunConfig config) {
    List<Place> read = new ArrayList<>();
    if (config.train() != null) {
      read.add(new Place("dn2.train.path", config.train().path()));
      addRoot(read, "dn2.train", config.train());
    }
    if (!config.isAmongThemselves()) {
      read.add(new Place("dn2.test.path", config.test().path()));
      addRoot(read, "dn2.test", config.test());
    }
    List<Place> written = new ArrayList<>();
    written.add(new Place("dn2.output", config.output()));
    if (!config.scores().equals(config.output() + "/scores")) {
      written.add(new Place("dn2.scores", config.scores()));
    }
    return new DoctorSection(
        read,
        written,
        config.model(),
        config.views(),
        config.device(),
        new Decoding(config.exifOrientation(), config.sampleBits()),
        null,
        config);
  }

  private static void addRoot(List<Place> read, String section, ImageInput input) {
    if (input.manifestRoot() != null) {
      read.add(new Place(section + ".manifest-root", input.manifestRoot()));
    }
  }

  /** The inbox's folder of today; null where the inbox has none for each day. */
  Place inboxOfToday() {
    if (nightly == null || !nightly.inbox().input().path().contains(NightlyInputs.DATE)) {
      return null;
    }
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    return new Place(
        "nightly.inbox.path", nightly.inbox().input().path().replace(NightlyInputs.DATE, today));
  }

  /** What holds the inbox's folders of all days. */
  Place inboxOfAllDays() {
    String path = nightly.inbox().input().path();
    String before = path.substring(0, path.indexOf(NightlyInputs.DATE));
    int slash = before.lastIndexOf('/');
    return new Place("nightly.inbox.path", slash < 0 ? "." : before.substring(0, slash + 1));
  }
}
