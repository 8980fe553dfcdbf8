package org.dn2.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Row;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * A table of anomalies in a PostgreSQL database, a row for each image, version and detector. What
 * is put again replaces itself.
 */
public final class AnomalyDatabase implements AutoCloseable {
  private static final String URL_START = "jdbc:postgresql:";
  private static final String PASSWORD = "DN2_ANOMALIES_PASSWORD";
  private static final int ROWS_AT_ONCE = 500;
  private static final int SECONDS_TO_CONNECT = 30;

  private static final List<String> NAMES = List.of(PlantColumns.ANOMALIES.fieldNames());

  private final Connection connection;
  private final Address address;
  private final String table;

  private AnomalyDatabase(Connection connection, Address address, String table) {
    this.connection = connection;
    this.address = address;
    this.table = table;
  }

  /**
   * Where a table is and who writes it; the password is elsewhere.
   *
   * @param table its name, or a schema's, a dot and its name
   * @param user null for the one that the driver takes
   * @param passwordFile null for none
   */
  public record Address(String url, String table, String user, Path passwordFile) {
    /**
     * Checks what can be checked without the database.
     *
     * @throws UserDataException if the address is not one of PostgreSQL or holds a password, or the
     *     file of the password cannot be read; the message does not tell the password
     */
    public static Address of(String url, String table, String user, Path passwordFile) {
      boolean isForPassword =
          url.toLowerCase(Locale.ROOT).contains("password")
              || url.replaceFirst("\\?.*", "").contains("@");
      if (isForPassword) {
        throw new UserDataException(
            "jdbc-url holds a password, or a user before an @. Name the user as user, and put the password into a file that only you can read, named as password-file, or into the environment variable %s."
                .formatted(PASSWORD));
      }
      // Only now, as the driver logs what it cannot parse.
      if (!url.startsWith(URL_START) || Driver.parseURL(url, new Properties()) == null) {
        throw new UserDataException(
            "jdbc-url is \"%s\"; it must be such as %s//HOST:PORT/DATABASE."
                .formatted(url, URL_START));
      }
      if (!table.matches("[^.]+(\\.[^.]+)?")) {
        throw new UserDataException(
            "table is \"%s\"; it must be TABLE or SCHEMA.TABLE.".formatted(table));
      }
      if (passwordFile != null && !Files.isReadable(passwordFile)) {
        throw new UserDataException(
            "password-file is \"%s\", which is not a file that can be read."
                .formatted(passwordFile));
      }
      return new Address(url, table, user, passwordFile);
    }

    private String password() throws IOException {
      if (passwordFile == null) {
        return System.getenv(PASSWORD);
      }
      return Files.readString(passwordFile).lines().findFirst().orElse("");
    }

    String inWords() {
      return "%s at %s".formatted(table, url.replaceFirst("\\?.*", ""));
    }
  }

  /**
   * Connects, and makes the table if it is missing.
   *
   * @throws UserDataException if the database cannot be reached, or does not let one in
   */
  public static AnomalyDatabase open(Address address) {
    Connection connection = connect(address);
    try {
      String table = quoted(connection, address.table());
      createIfMissing(connection, table);
      connection.commit();
      return new AnomalyDatabase(connection, address, table);
    } catch (SQLException e) {
      closeAfter(connection, e);
      throw fault(address, e);
    }
  }

  /** Connects, for transactions. */
  static Connection connect(Address address) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "dn2");
    properties.setProperty("connectTimeout", Integer.toString(SECONDS_TO_CONNECT));
    properties.setProperty("tcpKeepAlive", "true");
    Connection connection = null;
    try {
      if (address.user() != null) {
        properties.setProperty("user", address.user());
      }
      String password = address.password();
      if (password != null) {
        properties.setProperty("password", password);
      }
      // The driver itself: DriverManager may have looked around before spark-submit added our jar.
      connection = new Driver().connect(address.url(), properties);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException | IOException e) {
      closeAfter(connection, e);
      throw fault(address, e);
    }
  }

  private static void closeAfter(Connection connection, Exception failure) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  static UserDataException fault(Address address, Exception e) {
    String message = String.valueOf(e.getMessage()).strip();
    return new UserDataException(
        "The table %s cannot be written: %s".formatted(address.inWords(), message)
            + (message.endsWith(".") ? "" : "."),
        e);
  }

  static String quoted(Connection connection, String name) throws SQLException {
    PGConnection driver = connection.unwrap(PGConnection.class);
    List<String> parts = new ArrayList<>();
    for (String part : name.split("\\.", -1)) {
      parts.add(driver.escapeIdentifier(part));
    }
    return String.join(".", parts);
  }

  /** Makes the table in the transaction; false where it is there. */
  static boolean createIfMissing(Connection connection, String table) throws SQLException {
    try (PreparedStatement look = connection.prepareStatement("SELECT to_regclass(?)::text");
        Statement create = connection.createStatement()) {
      look.setString(1, table);
      try (ResultSet found = look.executeQuery()) {
        found.next();
        if (found.getString(1) != null) {
          return false;
        }
      }
      for (String statementText : AnomalyColumns.statements(table)) {
        create.executeUpdate(statementText);
      }
      return true;
    }
  }

  /** The number of the last run that has put a row, 0 where there is none. */
  public long newestRun() {
    try (Statement statement = connection.createStatement();
        ResultSet newest =
            statement.executeQuery("SELECT coalesce(max(run_sequence), 0) FROM " + table)) {
      newest.next();
      return newest.getLong(1);
    } catch (SQLException e) {
      throw fault(address, e);
    }
  }

  /**
   * Puts the anomalies of a run, all or none.
   *
   * @param rows of {@link PlantColumns#SCORES}
   * @return how many there are
   */
  public long put(RunRecord run, Iterator<Row> rows) {
    String places = "?" + ", ?".repeat(NAMES.size() - 1);
    String updates =
        String.join(", ", NAMES.stream().map(name -> name + " = EXCLUDED." + name).toList());
    String insert =
        "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (image_key, image_version, detector_id) DO UPDATE SET %s"
            .formatted(table, String.join(", ", NAMES), places, updates);
    long count = 0;
    try {
      try (PreparedStatement statement = connection.prepareStatement(insert)) {
        while (rows.hasNext()) {
          fill(statement, run, rows.next());
          statement.addBatch();
          count++;
          if (count % ROWS_AT_ONCE == 0) {
            statement.executeBatch();
          }
        }
        statement.executeBatch();
      }
      connection.commit();
      return count;
    } catch (SQLException e) {
      throw fault(address, e);
    }
  }

  private void fill(PreparedStatement statement, RunRecord run, Row row) throws SQLException {
    String imageId = row.getAs(Tables.IMAGE_ID);
    List<String> neighbors =
        row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS)).stream()
            .map(AnomalyDatabase::storable)
            .toList();
    int place = 0;
    // Names can be longer than a key of an index.
    statement.setString(++place, DigestUtils.sha256Hex(imageId));
    statement.setString(++place, storable(imageId));
    statement.setInt(++place, row.<Integer>getAs(PlantColumns.IMAGE_VERSION));
    statement.setString(++place, storable(row.getAs(Tables.PATH)));
    for (String name : List.of(Tables.SCORE, Tables.THRESHOLD, Tables.P_VALUE)) {
      statement.setObject(++place, row.<Double>getAs(name), Types.DOUBLE);
    }
    statement.setArray(++place, connection.createArrayOf("text", neighbors.toArray()));
    statement.setString(++place, row.getAs(Tables.DETECTOR_ID));
    statement.setDate(++place, Date.valueOf(run.runDate()));
    statement.setString(++place, run.runId());
    statement.setLong(++place, run.sequence());
    statement.setTimestamp(++place, row.getAs(Tables.SCORED_AT));
  }

  /** Text without what PostgreSQL has no place for: zeros, and halves of characters. */
  private static String storable(String text) {
    return text == null
        ? null
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
            .replace('\0', '\uFFFD');
  }

  /** What was not put whole is not there. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw fault(address, e);
    }
  }
}
