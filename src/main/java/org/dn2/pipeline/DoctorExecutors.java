package org.dn2.pipeline;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.doctor.Finding;
import org.dn2.doctor.Libraries;
import org.dn2.doctor.Memory;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.NativeCheck;
import org.dn2.embedding.Precision;
import org.dn2.image.NativeLibraries;
import org.dn2.store.PlaceCheck;
import org.dn2.store.ScratchCheck;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Looks at every process that runs tasks, by one task in each.
 *
 * @param device that a job would use
 * @param precision of its model; null if that is not known
 * @param read places that tasks would read
 */
record DoctorExecutors(
    SparkSession spark, ComputeDevice device, Precision precision, List<DoctorSection.Place> read) {
  static final String JOB_GROUP = "dn2-doctor";

  private static final int TRIES = 2;
  private static final long MOST_SKEW_SECONDS = 60;
  private static final String LOCAL_HEAP = "DN2_HEAP";
  private static final String EXECUTOR_HEAP = "spark.executor.memory";

  /** A place as Java's serialization takes it. */
  private record Path(String what, String path) implements Serializable {}

  private record Report(
      String executor, String host, long clockMilliseconds, List<Finding> findings)
      implements Serializable {}

  List<Finding> findings() {
    SparkContext context = spark.sparkContext();
    context.setJobGroup(JOB_GROUP, "Look at every executor", true);
    Map<String, String> known = executors(context);
    Map<String, Report> reports = new TreeMap<>();
    long before = System.currentTimeMillis();
    for (int i = 0; i < TRIES && !reports.keySet().containsAll(known.keySet()); i++) {
      Map<String, String> left = new LinkedHashMap<>(known);
      left.keySet().removeAll(reports.keySet());
      look(context, left).forEach(report -> reports.put(report.executor(), report));
    }
    long after = System.currentTimeMillis();
    List<Finding> findings = new ArrayList<>();
    for (Report report : reports.values()) {
      if (context.isLocal()) {
        findings.addAll(report.findings());
      } else {
        findings.addAll(inOneLine(report, before, after));
      }
    }
    known.keySet().removeAll(reports.keySet());
    known.forEach(
        (executor, host) ->
            findings.add(
                Finding.warn(
                    "executor " + executor,
                    host + ": it was not reached by a task",
                    "Is it busy or gone? See Spark's web page, and run dn2 doctor again.")));
    addMissing(context, reports.size() + known.size(), findings);
    return findings;
  }

  /** Hosts by executor, once some are there. */
  private static Map<String, String> executors(SparkContext context) {
    int tasks = Math.max(2, context.defaultParallelism());
    JavaSparkContext.fromSparkContext(context)
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .count();
    Map<String, String> hosts = new TreeMap<>();
    CollectionConverters.asJava(context.env().blockManager().master().getMemoryStatus().keySet())
        .stream()
        .filter(manager -> context.isLocal() || !manager.isDriver())
        .sorted(Comparator.comparing(BlockManagerId::executorId))
        .forEach(manager -> hosts.put(manager.executorId(), manager.host()));
    return hosts;
  }

  /** A task for each, which waits for its turn there rather than go elsewhere. */
  private List<Report> look(SparkContext context, Map<String, String> executors) {
    List<Tuple2<String, scala.collection.immutable.Seq<String>>> tasks = new ArrayList<>();
    executors.forEach(
        (executor, host) ->
            tasks.add(
                Tuple2.apply(executor, sequence(List.of("executor_" + host + "_" + executor)))));
    List<Path> paths =
        context.isLocal()
            ? List.of()
            : read.stream().map(place -> new Path(place.what(), place.path())).toList();
    return context
        .makeRDD(sequence(tasks), ClassTag$.MODULE$.<String>apply(String.class))
        .toJavaRDD()
        .map(
            new Look(
                device,
                precision,
                paths,
                new SerializableConfiguration(spark.sessionState().newHadoopConf()),
                context.isLocal() ? LOCAL_HEAP : EXECUTOR_HEAP))
        .collect();
  }

  private static <T> scala.collection.immutable.Seq<T> sequence(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  /** What is well in one finding, the rest one by one. */
  private static List<Finding> inOneLine(Report report, long before, long after) {
    String what = "executor " + report.executor();
    List<String> fine = new ArrayList<>();
    List<Finding> rest = new ArrayList<>();
    for (Finding finding : report.findings()) {
      if (finding.level() == Finding.Level.OK) {
        fine.add(finding.what() + " " + finding.detail());
      } else {
        rest.add(
            new Finding(
                finding.level(),
                what,
                "%s: %s: %s".formatted(report.host(), finding.what(), finding.detail()),
                finding.advice()));
      }
    }
    long clock = report.clockMilliseconds();
    long skew = (clock < before ? clock - before : Math.max(0, clock - after)) / 1000;
    if (Math.abs(skew) > MOST_SKEW_SECONDS) {
      rest.add(
          Finding.warn(
              what,
              "%s: its clock is %,d s %s the driver's"
                  .formatted(report.host(), Math.abs(skew), skew > 0 ? "ahead of" : "behind"),
              "Set the clocks of all machines by NTP."));
    } else {
      fine.add("clock %,d s off".formatted(Math.abs(skew)));
    }
    return Stream.concat(
            Stream.of(Finding.ok(what, report.host() + ": " + String.join("; ", fine))),
            rest.stream())
        .toList();
  }

  private static void addMissing(SparkContext context, int there, List<Finding> findings) {
    int expected = context.getConf().getInt("spark.executor.instances", 0);
    if (!context.isLocal() && there < expected) {
      findings.add(
          Finding.warn(
              "executors",
              "%d of %d (spark.executor.instances) are there".formatted(there, expected),
              "Has the cluster cores and memory left? Those that come later were not looked at."));
    }
  }

  /** The work of a task. */
  private static final class Look implements Function<String, Report> {
    private static final long serialVersionUID = 1L;
    private final ComputeDevice device;
    private final Precision precision;
    private final ArrayList<Path> paths;
    private final SerializableConfiguration hadoop;
    private final String heapSetting;

    Look(
        ComputeDevice device,
        Precision precision,
        List<Path> paths,
        SerializableConfiguration hadoop,
        String heapSetting) {
      this.device = device;
      this.precision = precision;
      this.paths = new ArrayList<>(paths);
      this.hadoop = hadoop;
      this.heapSetting = heapSetting;
    }

    @Override
    public Report call(String ignored) {
      SparkEnv environment = SparkEnv.get();
      List<Finding> findings = new ArrayList<>();
      if (heapSetting.equals(EXECUTOR_HEAP)) {
        findings.add(Libraries.java());
        findings.add(Libraries.fileNames());
      }
      findings.add(Memory.ofThisProcess().finding(heapSetting));
      findings.addAll(NativeCheck.findings(TaskContext.get(), device, precision));
      findings.add(NativeLibraries.finding());
      findings.add(
          ScratchCheck.of(
              Stream.of(environment.blockManager().diskBlockManager().localDirs()).toList()));
      for (Path path : paths) {
        findings.addAll(
            new PlaceCheck(path.what(), path.path(), hadoop.value())
                .readable(
                    "A path must mean the same on every machine: use a shared disk, HDFS or S3."));
      }
      return new Report(
          environment.executorId(),
          environment.blockManager().blockManagerId().host(),
          System.currentTimeMillis(),
          findings);
    }
  }
}
