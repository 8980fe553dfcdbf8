package org.dn2.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;
import org.dn2.neighbors.CenterLists;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.table.EmbeddedImage;
import scala.Tuple2;

/**
 * Sends images to where lists are that may hold their nearest, by the place's number.
 *
 * @param places the partitions of a list
 * @param k neighbors that an image is given
 */
record ListRouting(Broadcast<CenterLists> centers, ListPlaces places, int k)
    implements Serializable {

  /**
   * An image on its way to one partition's lists.
   *
   * @param key of the image, by {@link ImageNeighbors#key}
   * @param copies 1 in one of an image's rounds and partitions, else 0
   */
  record Asking(String key, EmbeddedImage image, int[] lists, int copies) implements Serializable {}

  /**
   * To their nearest lists.
   *
   * @param lists how many, and more where these have too few rows
   */
  Iterator<Tuple2<Integer, Asking>> nearest(Iterator<EmbeddedImage> images, int lists) {
    return new ToNearest(images, this, lists);
  }

  /** To the other lists that may have a nearer row than those of their nearest list. */
  Iterator<Tuple2<Integer, Asking>> within(Iterator<Tuple2<EmbeddedImage, ImageNeighbors>> images) {
    return new ToPossible(images, this);
  }

  /** An image may find itself, which does not count. */
  private int rowsAtLeast() {
    return k + 1;
  }

  /** One for each place with some of the lists. */
  private List<Tuple2<Integer, Asking>> byPlace(EmbeddedImage image, int[] lists, int copies) {
    Map<Integer, List<Integer>> listsByPlace = new TreeMap<>();
    for (int list : lists) {
      for (int place : places.of(list)) {
        listsByPlace.computeIfAbsent(place, p -> new ArrayList<>()).add(list);
      }
    }
    String key = ImageNeighbors.key(image);
    List<Tuple2<Integer, Asking>> asking = new ArrayList<>();
    listsByPlace.forEach(
        (place, some) ->
            asking.add(
                new Tuple2<>(
                    place,
                    new Asking(
                        key,
                        image,
                        some.stream().mapToInt(Integer::intValue).toArray(),
                        asking.isEmpty() ? copies : 0))));
    return asking;
  }

  private static final class ToNearest extends Blockwise<EmbeddedImage, Tuple2<Integer, Asking>> {
    private final ListRouting routing;
    private final int dimension;
    private final CenterLists.Lookup lookup;
    private final int lists;

    ToNearest(Iterator<EmbeddedImage> images, ListRouting routing, int lists) {
      super(images, ExactNeighbors.QUERY_BLOCK);
      CenterLists centers = routing.centers.value();
      this.routing = routing;
      this.dimension = centers.dimension();
      this.lookup = centers.new Lookup();
      this.lists = lists;
    }

    @Override
    List<Tuple2<Integer, Asking>> take(List<EmbeddedImage> block) {
      float[] queries = ReferenceSearch.queries(block.toArray(EmbeddedImage[]::new), dimension);
      int[][] nearest = lookup.nearest(queries, block.size(), lists, routing.rowsAtLeast());
      List<Tuple2<Integer, Asking>> asking = new ArrayList<>();
      for (int i = 0; i < nearest.length; i++) {
        asking.addAll(routing.byPlace(block.get(i), nearest[i], 1));
      }
      return asking;
    }
  }

  private static final class ToPossible
      extends Blockwise<Tuple2<EmbeddedImage, ImageNeighbors>, Tuple2<Integer, Asking>> {
    private final ListRouting routing;
    private final int dimension;
    private final CenterLists.Lookup lookup;

    ToPossible(Iterator<Tuple2<EmbeddedImage, ImageNeighbors>> images, ListRouting routing) {
      super(images, ExactNeighbors.QUERY_BLOCK);
      CenterLists centers = routing.centers.value();
      this.routing = routing;
      this.dimension = centers.dimension();
      this.lookup = centers.new Lookup();
    }

    @Override
    List<Tuple2<Integer, Asking>> take(List<Tuple2<EmbeddedImage, ImageNeighbors>> block) {
      EmbeddedImage[] images = new EmbeddedImage[block.size()];
      double[] bounds = new double[ExactNeighbors.QUERY_BLOCK];
      for (int i = 0; i < images.length; i++) {
        images[i] = block.get(i)._1();
        double[] distances = block.get(i)._2().nearest().distances();
        bounds[i] =
            distances.length < routing.k ? Double.POSITIVE_INFINITY : distances[routing.k - 1];
      }
      float[] queries = ReferenceSearch.queries(images, dimension);
      int[][] done = lookup.nearest(queries, images.length, 1, routing.rowsAtLeast());
      int[][] within = lookup.within(queries, images.length, bounds, done);
      List<Tuple2<Integer, Asking>> asking = new ArrayList<>();
      for (int i = 0; i < images.length; i++) {
        asking.addAll(routing.byPlace(images[i], within[i], 0));
      }
      return asking;
    }
  }
}
