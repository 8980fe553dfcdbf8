package org.dn2.fit;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be released at the end, the latest first. */
final class Kept implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Kept.class);

  private final Deque<AutoCloseable> resources = new ArrayDeque<>();

  Dataset<Row> persist(Dataset<Row> table) {
    Dataset<Row> persisted = table.persist(StorageLevel.MEMORY_AND_DISK());
    resources.push(persisted::unpersist);
    return persisted;
  }

  <T extends AutoCloseable> T add(T resource) {
    resources.push(resource);
    return resource;
  }

  @Override
  public void close() {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("What a fit kept in memory could not be released: {}", e.toString());
      }
    }
  }
}
