package org.dn2.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.dn2.search.ListRouting.Asking;
import org.dn2.search.ReferenceLists.RowList;
import org.dn2.table.EmbeddedImage;

/** One partition's lists answer some images at a time: what each image finds in these lists. */
record ListAnswers(int k, SelfNeighbor selfNeighbor)
    implements FlatMapFunction2<Iterator<Asking>, Iterator<RowList>, ImageNeighbors> {
  private static final int QUERIES_AT_ONCE = 4096;

  @Override
  public Iterator<ImageNeighbors> call(Iterator<Asking> asking, Iterator<RowList> rowLists) {
    if (!asking.hasNext()) {
      return List.<ImageNeighbors>of().iterator();
    }
    Map<Integer, ReferenceSearch> searches = new HashMap<>();
    rowLists.forEachRemaining(
        list -> searches.put(list.list(), new ReferenceSearch(list.rows(), k, selfNeighbor)));
    return new Blockwise<Asking, ImageNeighbors>(asking, QUERIES_AT_ONCE) {
      @Override
      List<ImageNeighbors> take(List<Asking> block) {
        return answer(block, searches);
      }
    };
  }

  private List<ImageNeighbors> answer(List<Asking> block, Map<Integer, ReferenceSearch> searches) {
    Map<Integer, List<Integer>> askingByList = new TreeMap<>();
    for (int i = 0; i < block.size(); i++) {
      for (int list : block.get(i).lists()) {
        askingByList.computeIfAbsent(list, l -> new ArrayList<>()).add(i);
      }
    }
    NearestImages[] nearest = new NearestImages[block.size()];
    Arrays.fill(nearest, NearestImages.NONE);
    // A place may have been meant for rows of a list, and have none of it.
    askingByList.keySet().retainAll(searches.keySet());
    askingByList.forEach(
        (list, places) -> {
          EmbeddedImage[] images =
              places.stream().map(place -> block.get(place).image()).toArray(EmbeddedImage[]::new);
          NearestImages[] inList = searches.get(list).nearest(images);
          for (int i = 0; i < inList.length; i++) {
            int place = places.get(i);
            nearest[place] = NearestImages.merge(nearest[place], inList[i], k);
          }
        });
    List<ImageNeighbors> found = new ArrayList<>(nearest.length);
    for (int i = 0; i < nearest.length; i++) {
      Asking asking = block.get(i);
      found.add(
          new ImageNeighbors(
              asking.key(), asking.image().withoutEmbedding(), nearest[i], asking.copies()));
    }
    return found;
  }
}
