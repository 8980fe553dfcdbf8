package org.dn2.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.dn2.comparison.Comparison;
import org.dn2.comparison.ComparisonOfMethods;
import org.dn2.comparison.ComparisonRows;
import org.dn2.comparison.MethodGrid;
import org.dn2.comparison.NamedEmbeddings;
import org.dn2.comparison.ScoredMethod;
import org.dn2.features.FeatureMap;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.Separation;
import org.dn2.table.UserDataException;
import org.dn2.work.Stage;

/**
 * Which backbone, feature map, distance and k tell the user's own labeled images apart best: stored
 * embeddings in, a table out.
 */
public final class CompareJob {
  private final SparkSession spark;

  public CompareJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to compare.
   *
   * @param embeddings embed runs' outputs, of the same images
   * @param references embed runs' outputs with the normal images to compare with, one for each of
   *     {@code embeddings}; empty to judge each image by the normal ones among the others
   * @param labels a CSV file with the columns image_id and label, null for the labels of the
   *     embeddings
   * @param normalLabels the labels that count as normal; all others are anomalous
   * @param features maps to compare; empty for all
   * @param neighbors values of k
   * @param output null to write nothing
   */
  public record Settings(
      List<String> embeddings,
      List<String> references,
      String labels,
      List<String> normalLabels,
      List<FeatureMap> features,
      List<Distance> distances,
      List<Integer> neighbors,
      SearchPlan search,
      Destination output) {
    public Settings {
      if (!references.isEmpty() && references.size() != embeddings.size()) {
        throw new UserDataException(
            "There are %d --embeddings and %d --reference. Give a reference for each, in the same order, or none."
                .formatted(embeddings.size(), references.size()));
      }
    }

    private List<String> inputs() {
      return Stream.concat(embeddings.stream(), references.stream()).distinct().toList();
    }

    private void requireApart(Configuration hadoop) {
      embeddings.forEach(folder -> Separation.require(hadoop, output.folder(), folder));
      references.forEach(folder -> Separation.require(hadoop, output.folder(), folder));
      Separation.require(hadoop, output.folder(), labels);
    }

    MethodGrid methods() {
      return new MethodGrid(features, distances, neighbors);
    }
  }

  /** Compares, and commits where an output is named. */
  public ComparisonOfMethods run(Settings settings) {
    MethodGrid methods = settings.methods();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    if (settings.output() != null) {
      settings.requireApart(hadoop);
    }
    CommittedFolder output =
        settings.output() == null
            ? null
            : CommittedFolder.claim(settings.output(), "compare", hadoop);
    ComparedFolders folders = new ComparedFolders(spark);
    List<NamedEmbeddings> images = folders.labeled(settings.embeddings(), settings.labels());
    List<NamedEmbeddings> references = folders.open(settings.references());
    Comparison comparison =
        DataFaults.naming(
            settings.inputs(),
            () -> Comparison.of(images, references, settings.normalLabels(), methods));
    List<ScoredMethod> scored = new ArrayList<>();
    for (Comparison.Search search : comparison.searches(settings.search())) {
      scored.addAll(
          new Stage(spark, "compare", "Compare " + search)
              .run(
                  () -> DataFaults.naming(settings.inputs(), search::run),
                  found -> search.toString()));
    }
    ComparisonOfMethods compared = comparison.of(scored);
    if (output != null) {
      output.write(
          draft -> {
            ResultFiles.write(
                spark, ComparisonRows.of(compared), ComparisonRows.SCHEMA, draft, "comparison");
            return null;
          });
    }
    return compared;
  }
}
