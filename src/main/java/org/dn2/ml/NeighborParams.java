package org.dn2.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.dn2.search.SearchPlan;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import scala.Function1;

/** Parameters that the estimator and its model share. */
final class NeighborParams implements Serializable {
  private static final long serialVersionUID = 1L;

  final Param<String> featuresCol;
  final Param<String> idCol;
  final Param<String> search;

  NeighborParams(Params stage) {
    this.featuresCol =
        new Param<>(
            stage, "featuresCol", "column of features: vector, array<float> or array<double>");
    this.idCol =
        new Param<>(
            stage,
            "idCol",
            "column that names a row, such as its path; equal distances break by it");
    this.search =
        new Param<>(
            stage,
            "search",
            "how the reference set is searched: auto, broadcast, blocks, lists or lists:N",
            named(SearchPlan::named));
    stage.setDefault(featuresCol, "features");
    stage.setDefault(idCol, Tables.PATH);
    stage.setDefault(search, SearchPlan.AUTO.toString());
  }

  /** Looks a name up, or throws what the user did wrong. */
  interface Lookup extends Serializable {
    Object of(String name);
  }

  /** Valid is what a lookup finds; of others, it is said which there are. */
  static Function1<String, Object> named(Lookup lookup) {
    return (Function1<String, Object> & Serializable)
        name -> {
          try {
            return lookup.of(name) != null;
          } catch (UserDataException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
          }
        };
  }

  /**
   * Valid is what is in a range; of others, the range is said.
   *
   * @param name of the parameter
   * @param range in words
   */
  static <T> Function1<T, Object> within(String name, String range, Function1<T, Object> isWithin) {
    return (Function1<T, Object> & Serializable)
        value -> {
          if (!(Boolean) isWithin.apply(value)) {
            throw new IllegalArgumentException(
                "%s is %s; it must be %s.".formatted(name, value, range));
          }
          return true;
        };
  }
}
