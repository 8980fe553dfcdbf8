package org.dn2.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactedTest {
  @ParameterizedTest
  @CsvSource({
    "s3a://KEY:hush@bucket/x, s3a://***@bucket/x",
    "s3a://KEY:hu/sh+@bucket/x, s3a://***@bucket/x",
    "no s3a://KEY:hush@b/x: gone, no s3a://***@b/x: gone",
    "jdbc:postgresql://u:hush@host:5432/d, jdbc:postgresql://***@host:5432/d",
    "jdbc:postgresql://host/d?user=u&password=hush&ssl=on, jdbc:postgresql://host/d?user=u&password=***&ssl=on",
    "fs.s3a.secret.key=hush, fs.s3a.secret.key=***",
    "fs.s3a.access.key = hush, fs.s3a.access.key = ***",
    "fs.azure.account.key.me.dfs.core.windows.net=hush, fs.azure.account.key.me.dfs.core.windows.net=***",
    "https://host/a.png?X-Amz-Signature=hush&x=1, https://host/a.png?X-Amz-Signature=***&x=1",
    "https://host/a.png?sv=1&sig=hush, https://host/a.png?sv=1&sig=***",
    "--conf spark.hadoop.fs.s3a.session.token=hush next, --conf spark.hadoop.fs.s3a.session.token=*** next",
  })
  void credentialsAreStars(String text, String redacted) {
    assertThat(Redacted.of(text)).isEqualTo(redacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hdfs://name:8020/a@b.png",
        "hdfs://name:8020",
        "abfs://container@account.dfs.core.windows.net/a:b@c",
        "sftp://user@host/a",
        "s3a://bucket/run_id=7/a.png",
        "Give the token's name: none",
        "spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:80",
      })
  void whatIsNoCredentialStays(String text) {
    assertThat(Redacted.of(text)).isEqualTo(text);
    assertThat(LiteralPath.hadoop("/x")).isNotNull();
  }

  @Test
  void aPathWithAPasswordIsRefusedWithoutSayingIt() {
    for (String path : new String[] {"s3a://KEY:hush@bucket/x", "s3a://KEY:hu/sh@bucket/x"}) {
      assertThatThrownBy(() -> LiteralPath.hadoop(path))
          .isInstanceOf(UserDataException.class)
          .hasMessageStartingWith("The path s3a://***@bucket/x holds a password or key");
    }
    assertThat(LiteralPath.hadoop("abfs://container@account.dfs.core.windows.net/a").toString())
        .isEqualTo("abfs://container@account.dfs.core.windows.net/a");
  }
}
