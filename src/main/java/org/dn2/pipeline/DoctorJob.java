package org.dn2.pipeline;

import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.dn2.doctor.Finding;
import org.dn2.doctor.Libraries;
import org.dn2.doctor.TimeLimit;
import org.dn2.embedding.Precision;
import org.dn2.store.AnomaliesCheck;
import org.dn2.store.LeaseCheck;
import org.dn2.store.PlaceCheck;
import org.dn2.store.Plant;
import org.dn2.store.Separation;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * Looks an installation over: libraries, machines, and what a configuration names. Nothing of what
 * it writes to try a place stays there.
 *
 * @param longest that one check may take
 * @param findings takes what is found, in order, each once it is known
 */
public record DoctorJob(Duration longest, Consumer<Finding> findings) {
  /** What a check may take as a rule. */
  public static final Duration USUAL = Duration.ofSeconds(60);

  private static final String STORE =
      "Is the store in reach? Look at its address, its keys and the network, or name another place.";

  /**
   * Makes all checks.
   *
   * @param file a configuration file, null for none
   */
  public void run(File file) {
    findings.accept(Libraries.java());
    findings.accept(Libraries.fileNames());
    findings.accept(Libraries.spark());
    findings.accept(Libraries.hadoop());
    findings.accept(Libraries.s3a());
    List<DoctorSection> sections = file == null ? List.of(DoctorSection.none()) : sections(file);
    AtomicReference<Sessions.Lent> session = new AtomicReference<>();
    check(
        "Spark's start",
        "Look at spark.master and whether that machine is in reach; --verbose and Spark's own log say more.",
        () -> {
          session.set(Sessions.start());
          return List.of(
              Finding.ok(
                  "Spark's start", "master " + session.get().spark().sparkContext().master()));
        });
    if (session.get() == null) {
      return;
    }
    try (Sessions.Lent lent = session.get()) {
      for (DoctorSection section : sections) {
        new Visit(lent.spark(), section).run();
      }
    }
  }

  private List<DoctorSection> sections(File file) {
    try {
      List<DoctorSection> sections = DoctorSection.of(file);
      findings.accept(Finding.ok("configuration", file + " is understood"));
      return sections;
    } catch (UserDataException e) {
      findings.accept(
          Finding.fail(
              "configuration",
              e.getMessage(),
              "Mend the file; what it names was not looked at. src/main/resources/dn2-defaults.conf lists every setting."));
      return List.of(DoctorSection.none());
    }
  }

  /** False where there was no answer in time. */
  private boolean check(String what, String advice, Callable<List<Finding>> check) {
    long begin = System.nanoTime();
    new TimeLimit(longest).within(what, advice, check).forEach(findings);
    return System.nanoTime() - begin < longest.toNanos();
  }

  /** The checks of one section. */
  private final class Visit {
    private final SparkSession spark;
    private final DoctorSection section;
    private final Configuration hadoop;
    private final Set<String> silentStores = new HashSet<>();

    Visit(SparkSession spark, DoctorSection section) {
      this.spark = spark;
      this.section = section;
      this.hadoop = spark.sessionState().newHadoopConf();
    }

    void run() {
      AtomicReference<BackboneFolder> backbone = new AtomicReference<>();
      AtomicReference<Precision> precision = new AtomicReference<>();
      check(
          "model",
          STORE,
          () -> {
            DoctorModel.Found found = new DoctorModel(spark, section).backbone();
            backbone.set(found.backbone());
            precision.set(found.precision());
            return List.of(found.finding());
          });
      executors(precision.get());
      new DoctorSettings(spark.sparkContext().getConf(), section).findings().forEach(findings);
      places();
      if (section.nightly() != null && isSilent(section.nightly().plant())) {
        return;
      }
      if (section.nightly() != null) {
        check(
            "lease",
            STORE,
            () -> List.of(LeaseCheck.of(new Plant(spark, section.nightly().plant()), spark)));
      }
      if (section.nightly() != null && section.nightly().anomalies() != null) {
        check(
            "nightly.anomalies",
            "Is the database in reach? Look at jdbc-url and the network.",
            () -> List.of(AnomaliesCheck.of(section.nightly().anomalies())));
      }
      check("detector", STORE, () -> new DoctorModel(spark, section).detector(backbone.get()));
    }

    private void executors(Precision precision) {
      check(
          "executors",
          "Has the cluster free cores and memory, and do its machines reach this one? See Spark's web page.",
          () -> new DoctorExecutors(spark, section.device(), precision, section.read()).findings());
      spark.sparkContext().cancelJobGroup(DoctorExecutors.JOB_GROUP);
    }

    private void places() {
      for (DoctorSection.Place place : section.read()) {
        look(
            place,
            check ->
                check.readable(
                    "Mend %s in the configuration, or put it there.".formatted(place.what())));
      }
      if (section.inboxOfToday() != null) {
        look(section.inboxOfToday(), this::ofToday);
      }
      for (DoctorSection.Place place : section.written()) {
        look(place, PlaceCheck::writable);
        check("places", STORE, () -> apart(place));
      }
    }

    private List<Finding> ofToday(PlaceCheck today) {
      List<Finding> findings = today.readable("");
      if (findings.stream().noneMatch(Finding::isFailure)) {
        return findings;
      }
      DoctorSection.Place all = section.inboxOfAllDays();
      Finding around = new PlaceCheck(all.what(), all.path(), hadoop).readable("").get(0);
      return List.of(
          around.isFailure()
              ? Finding.warn(
                  all.what(),
                  "there is no folder %s yet, and %s".formatted(today.path(), around.detail()),
                  "If images are still to come, nothing; else mend nightly.inbox.path. A night without a folder finds no new image.")
              : Finding.ok(
                  all.what(),
                  "%s; no folder of today yet (%s)".formatted(around.detail(), today.path())));
    }

    /** Of a plant its tables: images may lie beside them. */
    private List<String> folders(DoctorSection.Place written) {
      return section.nightly() == null
          ? List.of(written.path())
          : new Plant(spark, written.path()).folders();
    }

    private List<Finding> apart(DoctorSection.Place written) {
      List<Finding> findings = new ArrayList<>();
      for (DoctorSection.Place read : section.read()) {
        try {
          for (String folder : folders(written)) {
            Separation.require(hadoop, folder, read.path());
          }
        } catch (UserDataException e) {
          findings.add(
              Finding.fail(
                  written.what(),
                  e.getMessage(),
                  "Change %s or %s.".formatted(written.what(), read.what())));
        }
      }
      return findings;
    }

    private static String store(String path) {
      URI address = LiteralPath.given(path).toUri();
      return address.getScheme() + "://" + address.getAuthority();
    }

    private boolean isSilent(String path) {
      return silentStores.contains(store(path));
    }

    /** A store that did not answer once is not waited for again. */
    private void look(DoctorSection.Place place, Function<PlaceCheck, List<Finding>> check) {
      if (isSilent(place.path())) {
        findings.accept(
            Finding.fail(
                place.what(),
                place.path() + " lies in the same store, which was not asked again",
                STORE));
        return;
      }
      PlaceCheck looked = new PlaceCheck(place.what(), place.path(), hadoop);
      if (!DoctorJob.this.check(place.what(), STORE, () -> check.apply(looked))) {
        silentStores.add(store(place.path()));
      }
    }
  }
}
