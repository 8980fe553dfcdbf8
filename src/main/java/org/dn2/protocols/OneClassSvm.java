package org.dn2.protocols;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import libsvm.svm_parameter;
import libsvm.svm_problem;
import org.dn2.evaluation.RocAuc;

/**
 * The one-class support vector machine (Schölkopf et al. 2001) by LIBSVM: a rival that looks at the
 * same numbers. Radial kernel, gamma 1 / (dimension x variance), nothing tuned.
 *
 * @param normal the normal class
 * @param setting its name among the measurements
 * @param mostTrainingImages more than these are sampled, for the time it takes
 * @param nu upper bound on the fraction of training images outside, above 0 to 1
 */
public record OneClassSvm(String normal, String setting, int mostTrainingImages, double nu)
    implements Protocol {
  private static final int CACHE_MEBIBYTES = 200;
  private static final double TOLERANCE = 1e-3;

  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    float[][] rows = train.of(normal).sample(mostTrainingImages, new Random(5)).rows();
    svm_model model = fit(rows);
    double[] scores = new double[test.size()];
    double[] decision = new double[1];
    for (int i = 0; i < scores.length; i++) {
      svm.svm_predict_values(model, nodes(test.rows()[i]), decision);
      scores[i] = -decision[0];
    }
    return List.of(
        Measurement.of(
            setting,
            normal,
            Double.NaN,
            0,
            RocAuc.metrics(scores, place -> !test.labels()[place].equals(normal))));
  }

  private svm_model fit(float[][] rows) {
    svm_parameter parameter = new svm_parameter();
    parameter.svm_type = svm_parameter.ONE_CLASS;
    parameter.kernel_type = svm_parameter.RBF;
    parameter.gamma = 1 / (rows[0].length * variance(rows));
    parameter.nu = nu;
    parameter.eps = TOLERANCE;
    parameter.cache_size = CACHE_MEBIBYTES;
    parameter.shrinking = 1;
    svm_problem problem = new svm_problem();
    problem.l = rows.length;
    problem.x = Arrays.stream(rows).map(OneClassSvm::nodes).toArray(svm_node[][]::new);
    problem.y = new double[rows.length];
    // It prints to the console otherwise.
    svm.svm_set_print_string_function(text -> {});
    return svm.svm_train(problem, parameter);
  }

  /** Of all numbers together; 1 where all are equal. */
  private static double variance(float[][] rows) {
    double sum = 0;
    double squares = 0;
    long count = (long) rows.length * rows[0].length;
    for (float[] row : rows) {
      for (float value : row) {
        sum += value;
        squares += (double) value * value;
      }
    }
    double variance = squares / count - (sum / count) * (sum / count);
    return variance > 0 ? variance : 1;
  }

  /** LIBSVM's sparse form: zeros are left out. */
  private static svm_node[] nodes(float[] row) {
    int present = 0;
    for (float value : row) {
      present += value != 0 ? 1 : 0;
    }
    svm_node[] nodes = new svm_node[present];
    int next = 0;
    for (int i = 0; i < row.length; i++) {
      if (row[i] != 0) {
        nodes[next] = new svm_node();
        nodes[next].index = i + 1;
        nodes[next++].value = row[i];
      }
    }
    return nodes;
  }
}
