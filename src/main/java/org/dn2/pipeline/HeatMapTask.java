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
import org.dn2.image.ImageFile;
import org.dn2.image.InputGeometry;
import org.dn2.image.RgbImage;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(HeatMapTask.class);

  /**
   * Which map is wanted.
   *
   * @param number by which it is known again
   * @param normals files of the normal images
   */
  record Wanted(int number, String path, List<String> normals) implements java.io.Serializable {}

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
        LocalMaps.forTask(TaskContext.get(), spec, torchScript, ComputeDevice.CPU)) {
      Normals normals = new Normals(network);
      while (wanted.hasNext()) {
        Wanted one = wanted.next();
        Known image = known(one.path(), network);
        List<LocalFeatures> near =
            one.normals().stream().map(normals::of).filter(Objects::nonNull).toList();
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

  private Known known(String path, LocalMaps network) {
    try {
      RgbImage image =
          decoder.decodeFor(
              geometry, ImageFile.at(path, null, hadoop.value()).read(decoder.limits()));
      return new Known(
          image.width(), image.height(), network.of(List.of(geometry.apply(image))).get(0));
    } catch (UndecodableImageException e) {
      LOG.warn(
          "The heat of {} is left out: {}",
          Printable.of(path),
          Printable.of(String.valueOf(e.getMessage())));
      return null;
    }
  }

  /** Normal images that were met last; many images share them. */
  private final class Normals {
    private static final int KEPT = 16;

    private final LocalMaps network;
    private final Map<String, LocalFeatures> kept =
        new LinkedHashMap<>(KEPT, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, LocalFeatures> eldest) {
            return size() > KEPT;
          }
        };

    Normals(LocalMaps network) {
      this.network = network;
    }

    /** Null where the file cannot be read. */
    LocalFeatures of(String path) {
      LocalFeatures features = kept.get(path);
      if (features == null) {
        Known known = known(path, network);
        if (known != null) {
          features = known.features();
          kept.put(path, features);
        }
      }
      return features;
    }
  }
}
