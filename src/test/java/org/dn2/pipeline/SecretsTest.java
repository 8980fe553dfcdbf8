package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** What Spark tells of its settings. */
class SecretsTest {
  private static final String SECRET = "hush-hush-4711";

  @Test
  void theSettingsThatSparkLogsHoldNoCredentials() {
    Map<String, String> settings = new TreeMap<>();
    for (String name :
        List.of(
            "fs.s3a.access.key",
            "fs.s3a.secret.key",
            "fs.s3a.session.token",
            "fs.s3a.bucket.plant.secret.key",
            "fs.s3a.encryption.key",
            "fs.s3a.server-side-encryption.key",
            "fs.azure.account.key.me.dfs.core.windows.net",
            "fs.gs.auth.service.account.private.key",
            "javax.jdo.option.ConnectionPassword",
            "google.credentials")) {
      settings.put("spark.hadoop." + name, SECRET);
    }
    settings.put("spark.executorEnv.AWS_SECRET_ACCESS_KEY", SECRET);
    settings.put("spark.ssl.keyStorePassword", SECRET);
    settings.put("spark.sql.catalog.plant.jdbc.password", SECRET);
    settings.put("spark.sql.catalog.plant.uri", "jdbc:postgresql://h/d?password=" + SECRET);
    settings.forEach(System::setProperty);
    try {
      SparkConf conf = Sessions.configuration();

      assertThat(conf.toDebugString())
          .contains("spark.hadoop.fs.s3a.access.key=")
          .contains("spark.sql.session.timeZone=UTC")
          .doesNotContain(SECRET);
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }
}
