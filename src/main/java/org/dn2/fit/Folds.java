package org.dn2.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.embedding.ModelSpec;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Cross-fitting: images in parts of one size, each judged by what the whole method learns from the
 * other parts, so that no image takes part in what judges it and none is wasted. Groups stay
 * together. Which part an image is in depends on the ids alone.
 */
final class Folds {
  /** Each part is a fifth, where there are so many images. */
  static final int COUNT = 5;

  private static final String FOLD = "fold";

  private final Dataset<Row> images;
  private final long units;
  private final int count;

  private Folds(Dataset<Row> images, long units) {
    this.images = images;
    this.units = units;
    this.count = (int) Math.min(COUNT, units);
  }

  /**
   * Cuts images into parts.
   *
   * @param images rows of {@link Tables#EMBEDDINGS}
   * @throws UserDataException if there is one image, or one group, only
   */
  static Folds of(Dataset<Row> images, FitMethod method, Kept kept) {
    String unit = method.pooling() == null ? Tables.IMAGE_ID : Tables.GROUP_ID;
    JavaRDD<Row> folds =
        images
            .select(unit)
            .distinct()
            .orderBy(xxhash64(col(unit)), col(unit))
            .javaRDD()
            .zipWithIndex()
            .map(row -> RowFactory.create(row._1().getString(0), (int) (row._2() % COUNT)));
    Dataset<Row> foldOfUnit =
        kept.persist(
            images
                .sparkSession()
                .createDataFrame(
                    folds,
                    new StructType()
                        .add(unit, DataTypes.StringType, false)
                        .add(FOLD, DataTypes.IntegerType, false)));
    long units = foldOfUnit.count();
    if (units < 2) {
      throw new UserDataException("None can be held out of %d.".formatted(units));
    }
    return new Folds(kept.persist(images.join(foldOfUnit, unit)), units);
  }

  /** How many parts there are. */
  int count() {
    return count;
  }

  /**
   * The score of each image or group by what the others teach.
   *
   * @param k neighbors, of the detector
   * @return columns image_id and score, lazily
   * @throws UserDataException if the others are too few or unfit for the method
   */
  Dataset<Row> scores(ModelSpec model, FitMethod method, int k, Kept kept) {
    List<Dataset<Row>> scores = new ArrayList<>();
    for (int fold = 0; fold < count; fold++) {
      Dataset<Row> others = images.filter(col(FOLD).notEqual(fold)).drop(FOLD);
      Dataset<Row> heldOut = images.filter(col(FOLD).equalTo(fold)).drop(FOLD);
      long inFold = (units + count - 1 - fold) / count;
      Learned learned = Learned.from(others, model, method.forPart(units - inFold), kept);
      scores.add(learned.scores(heldOut, method, k, kept));
    }
    return scores.stream().reduce(Dataset::union).orElseThrow();
  }
}
