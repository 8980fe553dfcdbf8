package org.dn2.protocols;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Embeddings of one split of a dataset, in ascending order of image id.
 *
 * @param ids {@code String[size]}
 * @param labels {@code String[size]}, none null
 * @param rows {@code float[size][dimension]}
 */
public record LabeledEmbeddings(String[] ids, String[] labels, float[][] rows)
    implements Serializable {

  /** How many images there are. */
  public int size() {
    return ids.length;
  }

  /** The labels that occur. */
  public NavigableSet<String> labelSet() {
    return new TreeSet<>(Arrays.asList(labels));
  }

  /** The images at the given places, in that order. */
  public LabeledEmbeddings at(int[] places) {
    return new LabeledEmbeddings(
        Arrays.stream(places).mapToObj(place -> ids[place]).toArray(String[]::new),
        Arrays.stream(places).mapToObj(place -> labels[place]).toArray(String[]::new),
        Arrays.stream(places).mapToObj(place -> rows[place]).toArray(float[][]::new));
  }

  /** The images of a label. */
  public LabeledEmbeddings of(String label) {
    return at(IntStream.range(0, size()).filter(i -> labels[i].equals(label)).toArray());
  }

  /** The images of all other labels. */
  public LabeledEmbeddings allBut(String label) {
    return at(IntStream.range(0, size()).filter(i -> !labels[i].equals(label)).toArray());
  }

  /** Some images, drawn at random without replacement; all of them if there are no more. */
  public LabeledEmbeddings sample(int count, Random random) {
    List<Integer> places = new ArrayList<>(IntStream.range(0, size()).boxed().toList());
    Collections.shuffle(places, random);
    return at(places.stream().limit(count).mapToInt(Integer::intValue).sorted().toArray());
  }

  /** These images and others. */
  public LabeledEmbeddings and(LabeledEmbeddings others) {
    return new LabeledEmbeddings(
        concatenated(ids, others.ids),
        concatenated(labels, others.labels),
        concatenated(rows, others.rows));
  }

  private static <T> T[] concatenated(T[] a, T[] b) {
    T[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
