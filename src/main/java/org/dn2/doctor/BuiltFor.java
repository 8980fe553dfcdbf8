package org.dn2.doctor;

/** The versions that dn2 is built for and tested with, as {@code pom.xml} says them. */
final class BuiltFor {
  static final int JAVA = 17;
  static final String SPARK = "4.1.0";
  static final String SCALA = "2.13";
  static final String HADOOP = "3.4.2";
  static final String AWS_SDK = "2.29.52";

  private BuiltFor() {}

  /** The first two numbers of a version. */
  static String minor(String version) {
    String[] parts = version.split("[.]", -1);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }
}
