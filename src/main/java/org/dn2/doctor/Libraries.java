package org.dn2.doctor;

import java.net.URL;
import java.security.CodeSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkBuildInfo;
import org.dn2.table.FileNames;
import org.dn2.table.UserDataException;

/** Whether the Java, Spark and Hadoop of this process are those that dn2 is built for. */
public final class Libraries {
  private static final String VECTORS = "jdk.incubator.vector";
  private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";
  private static final String AWS = "software.amazon.awssdk.core.util.VersionInfo";
  private static final Pattern HADOOP_AWS = Pattern.compile("hadoop-aws-(\\d[\\w.]*)\\.jar$");

  private Libraries() {}

  /** Java's version, and what it must be started with. */
  public static Finding java() {
    String what = "Java";
    Runtime.Version version = Runtime.version();
    String detail =
        "%s of %s".formatted(version, System.getProperty("java.vendor", "an unnamed maker"));
    if (ModuleLayer.boot().findModule(VECTORS).isEmpty()) {
      return Finding.fail(
          what,
          detail + ", without the module " + VECTORS,
          "Add --add-modules=%s to Java's options, as Spark's own scripts do.".formatted(VECTORS));
    }
    return version.feature() == BuiltFor.JAVA
        ? Finding.ok(what, detail)
        : Finding.warn(
            what,
            detail + "; dn2 is tested with %d alone".formatted(BuiltFor.JAVA),
            "Set JAVA_HOME to a JDK %d, on every machine.".formatted(BuiltFor.JAVA));
  }

  /** Whether names of local files beyond ASCII can be told. */
  public static Finding fileNames() {
    try {
      FileNames.requireTold();
      return Finding.ok("file names", "all names of local files can be told (UTF-8)");
    } catch (UserDataException e) {
      return Finding.fail(
          "file names",
          "Java's sun.jnu.encoding is %s, as the locale says: names of local files beyond ASCII cannot be told"
              .formatted(System.getProperty("sun.jnu.encoding")),
          "Set LC_ALL=C.UTF-8, for executors by --conf spark.executorEnv.LC_ALL=C.UTF-8.");
    }
  }

  /** Spark's version. */
  public static Finding spark() {
    return spark(SparkBuildInfo.spark_version(), scala.util.Properties.versionNumberString());
  }

  static Finding spark(String spark, String scala) {
    String detail = "%s for Scala %s".formatted(spark, BuiltFor.minor(scala));
    boolean fits =
        BuiltFor.minor(spark).equals(BuiltFor.minor(BuiltFor.SPARK))
            && BuiltFor.minor(scala).equals(BuiltFor.SCALA);
    return fits
        ? Finding.ok("Spark", detail)
        : Finding.fail(
            "Spark",
            "%s; dn2 is built for %s and Scala %s"
                .formatted(detail, BuiltFor.SPARK, BuiltFor.SCALA),
            "Submit with a Spark %s distribution for Scala %s."
                .formatted(BuiltFor.minor(BuiltFor.SPARK), BuiltFor.SCALA));
  }

  /** Hadoop's version. */
  public static Finding hadoop() {
    return hadoop(VersionInfo.getVersion());
  }

  static Finding hadoop(String version) {
    return BuiltFor.minor(version).equals(BuiltFor.minor(BuiltFor.HADOOP))
        ? Finding.ok("Hadoop", version)
        : Finding.warn(
            "Hadoop",
            "%s; dn2 is built for %s".formatted(version, BuiltFor.HADOOP),
            "Use the Hadoop that Spark %s brings, or try a small run on your store first."
                .formatted(BuiltFor.minor(BuiltFor.SPARK)));
  }

  /** Whether S3A is there, of Hadoop's version and with an AWS SDK that it can call. */
  public static Finding s3a() {
    return s3a(s3aVersion(), awsVersion(), VersionInfo.getVersion());
  }

  /**
   * @param s3a null for none
   * @param sdk null for none
   */
  static Finding s3a(String s3a, String sdk, String hadoop) {
    if (s3a == null || sdk == null) {
      return Finding.warn(
          "S3",
          s3a == null
              ? "hadoop-aws is missing: s3a:// cannot be read"
              : "the AWS SDK is missing: s3a:// cannot be read",
          "Use target/dn2.jar as mvn package makes it, which holds both.");
    }
    String detail = "hadoop-aws %s, AWS SDK %s".formatted(s3a, sdk);
    if (!s3a.equals(hadoop)) {
      return Finding.warn(
          "S3",
          "%s; this Hadoop is %s, and both must be of one version".formatted(detail, hadoop),
          s3a.equals(BuiltFor.HADOOP)
              ? "Use Spark with Hadoop %s, or take s3a:// out of the configuration."
                  .formatted(BuiltFor.HADOOP)
              : "Take hadoop-aws-%s.jar off the class path: dn2's jar holds %s."
                  .formatted(s3a, BuiltFor.HADOOP));
    }
    return sdk.equals(BuiltFor.AWS_SDK)
        ? Finding.ok("S3", detail)
        : Finding.warn(
            "S3",
            "%s; this hadoop-aws is made for SDK %s".formatted(detail, BuiltFor.AWS_SDK),
            "Take the other AWS SDK off the class path: dn2's jar holds what is needed.");
  }

  private static String s3aVersion() {
    try {
      Class<?> s3a = Class.forName(S3A, false, Libraries.class.getClassLoader());
      CodeSource source = s3a.getProtectionDomain().getCodeSource();
      URL place = source == null ? null : source.getLocation();
      Matcher jar = HADOOP_AWS.matcher(place == null ? "" : place.getPath());
      // In dn2's own jar it is the one that dn2 is built with.
      return jar.find() ? jar.group(1) : BuiltFor.HADOOP;
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  private static String awsVersion() {
    try {
      return (String)
          Class.forName(AWS, true, Libraries.class.getClassLoader())
              .getField("SDK_VERSION")
              .get(null);
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }
}
