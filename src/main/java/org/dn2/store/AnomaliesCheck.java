package org.dn2.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.dn2.doctor.Finding;
import org.dn2.table.UserDataException;

/** Whether a database would take the anomalies of a run; the check leaves nothing there. */
public final class AnomaliesCheck {
  private static final String WHAT = "nightly.anomalies";

  private AnomaliesCheck() {}

  /** Connects, looks for the table or makes it, asks for the rights to it, and takes all back. */
  public static Finding of(AnomalyDatabase.Address address) {
    try (Connection connection = AnomalyDatabase.connect(address)) {
      String table = AnomalyDatabase.quoted(connection, address.table());
      boolean isThere = !AnomalyDatabase.createIfMissing(connection, table);
      boolean isAllowed = mayWrite(connection, table);
      connection.rollback();
      return isAllowed
          ? Finding.ok(
              WHAT,
              "%s can be written%s"
                  .formatted(address.inWords(), isThere ? "" : "; the first night makes it"))
          : Finding.fail(
              WHAT,
              address.inWords() + " lets this user not read, add and change rows",
              "Let the table's owner GRANT SELECT, INSERT, UPDATE to the user.");
    } catch (SQLException e) {
      return failed(AnomalyDatabase.fault(address, e));
    } catch (UserDataException e) {
      return failed(e);
    }
  }

  private static Finding failed(UserDataException fault) {
    return Finding.fail(
        WHAT,
        fault.getMessage(),
        "Look at jdbc-url, user, table and the password; does the server run, and let this machine in?");
  }

  private static boolean mayWrite(Connection connection, String table) throws SQLException {
    try (PreparedStatement ask =
        connection.prepareStatement(
            "SELECT has_table_privilege(?, 'SELECT') AND has_table_privilege(?, 'INSERT') AND has_table_privilege(?, 'UPDATE')")) {
      for (int place = 1; place <= 3; place++) {
        ask.setString(place, table);
      }
      try (ResultSet answer = ask.executeQuery()) {
        answer.next();
        return answer.getBoolean(1);
      }
    }
  }
}
