package org.dn2.pipeline;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.LocalMaps;
import org.dn2.embedding.ModelSpec;
import org.dn2.heat.HeatMap;
import org.dn2.heat.LocalFeatures;
import org.dn2.image.ImageDecoder;
import org.dn2.image.InputGeometry;
import org.dn2.image.RgbImage;

/**
 * What one task does: reads images and their normal ones, runs the network, and compares place by
 * place. An image that cannot be read, or none of whose normal ones can, has no map.
 *
 * @param geometry by which files are brought into the network's square
 */
record HeatMapTask(
    ModelSpec spec,
    Broadcast<byte[]> torchScript,
    InputGeometry geometry,
    ImageDecoder decoder,
    SerializableConfiguration hadoop)
    implements FlatMapFunction<Iterator<HeatMapTask.Wanted>, HeatMapTask.Made> {
  /**
   * Which map is wanted.
   *
   * @param number by which it is known again
   * @param normals the normal images
   */
  record Wanted(int number, ShownImage image, List<ShownImage> normals)
      implements java.io.Serializable {}

  /**
   * A map that was made, on the network's grid.
   *
   * @param imageWidth of the decoded image, in pixels
   */
  record Made(
      int number, int imageWidth, int imageHeight, int height, int width, float[] squaredDistances)
      implements java.io.Serializable {
    HeatMap map() {
      return new HeatMap(height, width, squaredDistances);
    }
  }

  /** An image as the network knows it. */
  private record Known(int width, int height, LocalFeatures features) {}

  @Override
  public Iterator<Made> call(Iterator<Wanted> wanted) {
    List<Made> made = new ArrayList<>();
    try (LocalMaps network =
            LocalMaps.forTask(TaskContext.get(), spec, torchScript, ComputeDevice.CPU);
        ReadShownImages images = new ReadShownImages(decoder, hadoop.value())) {
      Looks looks = new Looks(network, images);
      while (wanted.hasNext()) {
        Wanted one = wanted.next();
        Known image = looks.at(one.image());
        List<LocalFeatures> near =
            one.normals().stream().map(looks::atNormal).filter(Objects::nonNull).toList();
        if (image != null && !near.isEmpty()) {
          HeatMap map = HeatMap.of(image.features(), near);
          made.add(
              new Made(
                  one.number(),
                  image.width(),
                  image.height(),
                  map.height(),
                  map.width(),
                  map.squaredDistances()));
        }
      }
    }
    return made.iterator();
  }

  /**
   * What the network says of images, and of those normal ones that were met last: many share them.
   */
  private final class Looks {
    private static final int KEPT = 16;

    private final LocalMaps network;
    private final ReadShownImages images;
    private final Map<ShownImage, LocalFeatures> kept =
        new LinkedHashMap<>(KEPT, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<ShownImage, LocalFeatures> eldest) {
            return size() > KEPT;
          }
        };

    Looks(LocalMaps network, ReadShownImages images) {
      this.network = network;
      this.images = images;
    }

    /** Null where the image cannot be read. */
    Known at(ShownImage shown) {
      RgbImage image = images.decodedFor(geometry, shown);
      return image == null
          ? null
          : new Known(
              image.width(), image.height(), network.of(List.of(geometry.apply(image))).get(0));
    }

    /** Null where the image cannot be read. */
    LocalFeatures atNormal(ShownImage normal) {
      LocalFeatures features = kept.get(normal);
      if (features == null) {
        Known known = at(normal);
        if (known != null) {
          features = known.features();
          kept.put(normal, features);
        }
      }
      return features;
    }
  }
}
