package org.dn2.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;

/**
 * Which partitions hold a list's rows: one, or for a list of more rows than a partition may have,
 * several, each row in one of them by its id.
 *
 * @param ofList {@code int[lists][]}, the partitions of each list, ascending
 * @param count of all partitions
 */
record ListPlaces(int[][] ofList, int count) implements Serializable {

  /** A list's share for one partition. */
  private record Share(int list, double rows) {}

  /** A partition in the making. */
  private record Filled(int place, double rows) {}

  /**
   * Cuts large lists and fills partitions evenly, the largest shares first.
   *
   * @param rowsOfList how many rows each list has, as far as is known
   * @param mostRows of a share, 1 or more
   * @param fewest partitions wanted, as far as there are shares
   */
  static ListPlaces of(double[] rowsOfList, double mostRows, int fewest) {
    List<Share> shares = new ArrayList<>();
    double total = 0;
    for (int list = 0; list < rowsOfList.length; list++) {
      int parts = (int) Math.max(1, Math.ceil(rowsOfList[list] / mostRows));
      for (int part = 0; part < parts; part++) {
        shares.add(new Share(list, rowsOfList[list] / parts));
      }
      total += rowsOfList[list];
    }
    int count = (int) Math.min(shares.size(), Math.max(fewest, Math.ceil(total / mostRows)));
    shares.sort(Comparator.comparingDouble(Share::rows).reversed().thenComparingInt(Share::list));
    PriorityQueue<Filled> places =
        new PriorityQueue<>(
            Comparator.comparingDouble(Filled::rows).thenComparingInt(Filled::place));
    IntStream.range(0, count).forEach(place -> places.add(new Filled(place, 0)));
    List<IntStream.Builder> ofList = new ArrayList<>();
    for (int list = 0; list < rowsOfList.length; list++) {
      ofList.add(IntStream.builder());
    }
    for (Share share : shares) {
      Filled emptiest = places.remove();
      ofList.get(share.list()).add(emptiest.place());
      places.add(new Filled(emptiest.place(), emptiest.rows() + share.rows()));
    }
    return new ListPlaces(
        ofList.stream()
            .map(some -> some.build().sorted().distinct().toArray())
            .toArray(int[][]::new),
        count);
  }

  /** All partitions that hold rows of a list. */
  int[] of(int list) {
    return ofList[list];
  }

  /** The partition of a list's row. */
  int of(int list, String imageId) {
    int[] places = ofList[list];
    // Ids differ in their last letters, so all bits of the hash are mixed.
    int mixed = imageId.hashCode() * 0x9e3779b9;
    return places[Math.floorMod(mixed ^ (mixed >>> 16), places.length)];
  }

  /** Sends a pair to the partition that its key numbers. */
  HashPartitioner partitioner() {
    return new HashPartitioner(count);
  }
}
