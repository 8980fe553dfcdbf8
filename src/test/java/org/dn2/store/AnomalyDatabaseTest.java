package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnomalyDatabaseTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://host/db?user=u&password=very-secret",
        "jdbc:postgresql://host/db?sslpassword=very-secret",
        "jdbc:postgresql://u:very-secret@host/db"
      })
  void refusesAnAddressThatHoldsAPasswordAndDoesNotRepeatIt(String url) {
    assertThatThrownBy(() -> AnomalyDatabase.Address.of(url, "t", null, null))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("password-file")
        .hasMessageContaining("DN2_ANOMALIES_PASSWORD")
        .hasMessageNotContaining("very-secret");
  }

  @Test
  void refusesOtherDatabasesNamesAndFilesThatAreNotThere() {
    assertThatThrownBy(() -> AnomalyDatabase.Address.of("jdbc:mysql://host/db", "t", null, null))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("jdbc-url is \"jdbc:mysql://host/db\"; it must be such as");
    assertThatThrownBy(
            () -> AnomalyDatabase.Address.of("jdbc:postgresql://host/db", "a.b.c", null, null))
        .isInstanceOf(UserDataException.class)
        .hasMessage("table is \"a.b.c\"; it must be TABLE or SCHEMA.TABLE.");
    assertThatThrownBy(
            () ->
                AnomalyDatabase.Address.of(
                    "jdbc:postgresql://host/db", "t", null, Path.of("/none")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("password-file is \"/none\", which is not a file that can be read");
  }

  @Test
  void saysThatADatabaseCannotBeReached() {
    AnomalyDatabase.Address address =
        AnomalyDatabase.Address.of("jdbc:postgresql://127.0.0.1:1/db", "t", "u", null);

    assertThatThrownBy(() -> AnomalyDatabase.open(address))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("The table t at jdbc:postgresql://127.0.0.1:1/db cannot be written: ")
        .hasMessageContaining("Connection to 127.0.0.1:1 refused");
  }
}
