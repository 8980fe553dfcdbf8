package org.dn2.table;

import java.util.regex.Pattern;

/** Texts without the credentials that stand in them. */
public final class Redacted {
  /**
   * Names of settings, to be searched in them, whose values are credentials: those that Spark hides
   * by itself, and those of other stores.
   */
  public static final String SECRET_NAMES =
      "(?i)secret|passw|token|access[._-]?key|account[._-]?key|encryption[._-]?key|private[._-]?key|credential|signature";

  private static final String HIDDEN = "***";

  /** In an address; behind a colon there may be a port instead, and at signs in names. */
  private static final Pattern USER_INFO =
      Pattern.compile("(?<=://)[^\\s@/:]*:(?!\\d+(?:/|$))[^\\s@]*@");

  private static final Pattern SETTING =
      Pattern.compile(
          "((?:%s|(?<![a-z])pwd|(?<![a-z])sig)[\\w.-]*\"?\\s*=\\s*\"?)[^\\s\"&;,]+"
              .formatted(SECRET_NAMES));

  private Redacted() {}

  /**
   * The text with stars in the place of user names and passwords in addresses ({@code
   * s3a://KEY:SECRET@bucket}) and of the values of settings whose names are those of credentials
   * ({@code password=...}).
   */
  public static String of(String text) {
    return SETTING
        .matcher(USER_INFO.matcher(text).replaceAll(HIDDEN + "@"))
        .replaceAll("$1" + HIDDEN);
  }

  /**
   * Checks a path that will be written to logs, records and tables.
   *
   * @throws UserDataException if a password or key stands in it
   */
  static void requireNone(String path) {
    if (USER_INFO.matcher(path).find()) {
      throw new UserDataException(
          "The path %s holds a password or key, and paths are written to tables and logs. Leave it away, and give it by the store's own settings, such as spark.hadoop.fs.s3a.access.key and spark.hadoop.fs.s3a.secret.key, or by its environment variables."
              .formatted(Printable.of(of(path))));
    }
  }
}
