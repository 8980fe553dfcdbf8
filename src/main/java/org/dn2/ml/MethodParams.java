package org.dn2.ml;

import java.io.Serializable;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;

/** Parameters of what a score is made of, as plain values. */
final class MethodParams implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String AUTO = "auto";

  final IntParam k;
  final Param<String> distance;
  final DoubleParam cleaning;
  final IntParam centers;
  final LongParam seed;
  final Param<String> features;
  final DoubleParam thresholdQuantile;

  MethodParams(Params stage) {
    this.k =
        new IntParam(
            stage,
            "k",
            "neighbors whose distances are averaged, 1 or more",
            NeighborParams.within("k", "1 or more", ParamValidators.gtEq(1)));
    this.distance =
        new Param<>(
            stage,
            "distance",
            "squared_euclidean, cosine or manhattan",
            NeighborParams.named(Distance::named));
    this.cleaning =
        new DoubleParam(
            stage,
            "cleaning",
            "fraction of the rows, those least like the others, that is dropped first: 0 to below 1",
            NeighborParams.within(
                "cleaning", "from 0 to below 1", ParamValidators.inRange(0, 1, true, false)));
    this.centers =
        new IntParam(
            stage,
            "centers",
            "k-means centers that stand for the rows; 0 keeps the rows",
            NeighborParams.within("centers", "0 or more", ParamValidators.gtEq(0)));
    this.seed = new LongParam(stage, "seed", "random start of the clustering into centers");
    this.features =
        new Param<>(
            stage,
            "features",
            "map of each row's numbers: none (the paper), l2, root, root-l2, log-l2, or auto for"
                + " the one that the backbone's description names, and none where the column names no"
                + " backbone",
            NeighborParams.named(name -> name.equals(AUTO) ? name : FeatureMap.named(name)));
    this.thresholdQuantile =
        new DoubleParam(
            stage,
            "thresholdQuantile",
            "quantile of normal rows' scores, each judged by others only, that is the threshold: above"
                + " 0 and below 1",
            NeighborParams.within(
                "thresholdQuantile",
                "above 0 and below 1",
                ParamValidators.inRange(0, 1, false, false)));
    stage.setDefault(k, FitMethod.PAPER.k());
    stage.setDefault(distance, Distance.SQUARED_EUCLIDEAN.id());
    stage.setDefault(cleaning, 0.0);
    stage.setDefault(centers, 0);
    stage.setDefault(seed, 0L);
    stage.setDefault(features, AUTO);
    stage.setDefault(thresholdQuantile, 0.99);
  }

  /** The method that a stage's values mean. */
  FitMethod of(Params stage, NeighborParams shared) {
    String map = stage.getOrDefault(features);
    int number = (Integer) stage.getOrDefault(centers);
    return new FitMethod(
        (Integer) stage.getOrDefault(k),
        Distance.named(stage.getOrDefault(distance)),
        new FeatureChoice(map.equals(AUTO) ? null : FeatureMap.named(map), null),
        null,
        new Cleaning((Double) stage.getOrDefault(cleaning)),
        number == 0 ? OptionalInt.empty() : OptionalInt.of(number),
        (Long) stage.getOrDefault(seed),
        SearchPlan.named(stage.getOrDefault(shared.search)));
  }

  /** Where the border is drawn. */
  ThresholdRule threshold(Params stage) {
    return new ThresholdRule(
        OptionalDouble.empty(), (Double) stage.getOrDefault(thresholdQuantile));
  }
}
