package org.dn2.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NamespaceAlreadyExistsException;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.analysis.TableAlreadyExistsException;
import org.apache.spark.sql.connector.catalog.CatalogPlugin;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.SupportsNamespaces;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.connector.catalog.TableInfo;
import org.apache.spark.sql.connector.expressions.Expressions;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ColumnWords;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/** A table of one of Spark's catalogs, by its name. */
final class CatalogTable {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogTable.class);
  private static final String SETTING = "spark.sql.catalog.";
  private static final String BUILT_IN = "spark_catalog";
  private static final String DEFAULT = "builtin";
  private static final int FEWEST_PARTS = 3;

  /** Where two writers who rename the same file may both believe that they did. */
  private static final List<String> WITHOUT_RENAME = List.of("s3:", "s3a:", "s3n:");

  private final SparkSession spark;
  private final String name;
  private final List<String> parts;
  private final TableCatalog catalog;
  private final Identifier identifier;

  private CatalogTable(SparkSession spark, String name, List<String> parts, TableCatalog catalog) {
    this.spark = spark;
    this.name = name;
    this.parts = parts;
    this.catalog = catalog;
    this.identifier =
        Identifier.of(
            parts.subList(1, parts.size() - 1).toArray(String[]::new), parts.get(parts.size() - 1));
  }

  /**
   * The table of a name, which need not be there yet.
   *
   * @param name {@code CATALOG.DATABASE.NAME}; parts with other characters than letters, digits and
   *     underscores in backquotes
   * @throws UserDataException if there is no such catalog, or it is unsafe
   */
  static CatalogTable named(SparkSession spark, String name) {
    List<String> parts = parts(spark, name);
    String catalog = parts.get(0);
    requireSafe(spark, catalog);
    if (catalog.equals(BUILT_IN) && spark.conf().get(SETTING + BUILT_IN, DEFAULT).equals(DEFAULT)) {
      throw new UserDataException(
          "The table %s cannot be used: Spark's own catalog %s keeps plain files, to which rows are not added as a whole. Name a catalog of a table format such as Apache Iceberg."
              .formatted(name, BUILT_IN));
    }
    CatalogPlugin plugin;
    try {
      plugin = spark.sessionState().catalogManager().catalog(catalog);
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      throw new UserDataException(
          "The table %s cannot be used: Spark has no catalog \"%s\", or it does not start (%s). Set %s%s to the catalog's class, with its other settings, and add its jar with --packages or --jars."
              .formatted(name, Printable.of(catalog), reason(e), SETTING, Printable.of(catalog)),
          e);
    }
    if (plugin instanceof TableCatalog tables) {
      return new CatalogTable(spark, name, parts, tables);
    }
    throw new UserDataException(
        "The table %s cannot be used: the catalog \"%s\" has no tables."
            .formatted(name, Printable.of(catalog)));
  }

  private static List<String> parts(SparkSession spark, String name) {
    try {
      List<String> parts =
          CollectionConverters.asJava(
              spark.sessionState().sqlParser().parseMultipartIdentifier(name));
      if (parts.size() >= FEWEST_PARTS) {
        return List.copyOf(parts);
      }
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      throw misnamed(name, e);
    }
    throw misnamed(name, null);
  }

  private static UserDataException misnamed(String name, Throwable cause) {
    return new UserDataException(
        "\"%s\" is no name of a table; it must be CATALOG.DATABASE.NAME, with `backquotes` around parts that are not of letters, digits and underscores alone."
            .formatted(Printable.of(name)),
        cause);
  }

  private static void requireSafe(SparkSession spark, String catalog) {
    String type = spark.conf().get(SETTING + catalog + ".type", "");
    String implementation = spark.conf().get(SETTING + catalog + ".catalog-impl", "");
    String warehouse = spark.conf().get(SETTING + catalog + ".warehouse", "");
    if ((type.equals("hadoop") || implementation.endsWith(".HadoopCatalog"))
        && WITHOUT_RENAME.stream().anyMatch(warehouse::startsWith)) {
      throw new UserDataException(
          "The catalog \"%s\" is Iceberg's Hadoop catalog on %s, which loses commits there: two writers' renames both succeed. Use a catalog of type jdbc, rest, glue or hive for tables on S3."
              .formatted(Printable.of(catalog), warehouse));
    }
  }

  /** The first line of what went wrong, with the class where that says more. */
  static String reason(Throwable exception) {
    String message = UserDataException.withoutStackTrace(String.valueOf(exception.getMessage()));
    String line = message.lines().findFirst().orElse("").strip();
    return line.isEmpty() || line.equals("null") ? exception.getClass().getSimpleName() : line;
  }

  /** As the user wrote it. */
  String name() {
    return name;
  }

  /** For a query. */
  String quoted() {
    return parts.stream()
        .map(part -> "`" + part.replace("`", "``") + "`")
        .collect(Collectors.joining("."));
  }

  /** All rows and columns as they are now. */
  Dataset<Row> rows() {
    return spark.table(quoted());
  }

  /**
   * Makes the table if it is missing, and adds columns that it lacks, which are null in the rows
   * that are there.
   *
   * @param schema whose words become the comments of columns that are made
   * @param partition the column by which a new table is partitioned
   * @param property of the table that names its owner
   * @param owner of the rows, with whom others' must not be mixed
   * @throws UserDataException if a column is of another type, the table has another owner, or the
   *     catalog does not do it
   */
  void require(StructType schema, String partition, String property, String owner) {
    try {
      catalog.invalidateTable(identifier);
      Table table = catalog.tableExists(identifier) ? catalog.loadTable(identifier) : null;
      if (table == null) {
        create(schema, partition, Map.of(property, owner));
      } else {
        requireOwner(table, property, owner);
        addMissing(table, schema);
      }
    } catch (UserDataException e) {
      throw e;
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      throw new UserDataException(
          "The table %s can be neither opened nor made: %s".formatted(name, reason(e)), e);
    }
  }

  private void create(StructType schema, String partition, Map<String, String> properties)
      throws NamespaceAlreadyExistsException,
          NoSuchNamespaceException,
          TableAlreadyExistsException {
    if (catalog instanceof SupportsNamespaces namespaces
        && !namespaces.namespaceExists(identifier.namespace())) {
      namespaces.createNamespace(identifier.namespace(), Map.of());
    }
    List<Column> columns = new ArrayList<>();
    for (StructField field : schema.asNullable().fields()) {
      columns.add(
          Column.create(field.name(), field.dataType(), true, ColumnWords.comment(field), null));
    }
    catalog.createTable(
        identifier,
        new TableInfo.Builder()
            .withColumns(columns.toArray(Column[]::new))
            .withPartitions(new Transform[] {Expressions.identity(partition)})
            .withProperties(properties)
            .build());
    LOG.info("The table {} is made", name);
  }

  private void requireOwner(Table table, String property, String owner)
      throws NoSuchTableException {
    String found = table.properties().get(property);
    if (found == null) {
      catalog.alterTable(identifier, TableChange.setProperty(property, owner));
    } else if (!found.equals(owner)) {
      throw new UserDataException(
          "The table %s holds the scores of %s, not of %s: name another table. If it is the same one in another place, tell the table: ALTER TABLE %s SET TBLPROPERTIES ('%s' = '%s')."
              .formatted(name, Printable.of(found), owner, quoted(), property, owner));
    }
  }

  private void addMissing(Table table, StructType schema) throws NoSuchTableException {
    Map<String, DataType> present =
        List.of(table.columns()).stream().collect(Collectors.toMap(Column::name, Column::dataType));
    List<TableChange> changes = new ArrayList<>();
    for (StructField field : schema.asNullable().fields()) {
      DataType type = present.get(field.name());
      if (type == null) {
        changes.add(
            TableChange.addColumn(
                new String[] {field.name()}, field.dataType(), true, ColumnWords.comment(field)));
      } else if (!DataType.equalsIgnoreNullability(type, field.dataType())) {
        throw new UserDataException(
            "The table %s: the column %s is of type %s; it must be %s."
                .formatted(
                    name, field.name(), type.simpleString(), field.dataType().simpleString()));
      }
    }
    if (!changes.isEmpty()) {
      catalog.alterTable(identifier, changes.toArray(TableChange[]::new));
      LOG.warn(
          "The table {} was made by an earlier version: added {}, null in the rows that are there",
          name,
          Set.copyOf(changes).stream()
              .map(change -> ((TableChange.AddColumn) change).fieldNames()[0])
              .sorted()
              .collect(Collectors.joining(", ")));
    }
  }
}
