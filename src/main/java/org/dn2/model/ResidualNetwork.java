package org.dn2.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A ResNet without its classifier (He et al. 2015): a stem, max pooling, residual blocks, and the
 * mean over all places.
 *
 * @param stem the first convolution
 * @param blocks in order
 */
record ResidualNetwork(Convolution stem, List<Block> blocks) {

  /**
   * A residual block: {@code relu(path(x) + shortcut(x))}, with a ReLU after every convolution of
   * the path but the last.
   *
   * @param shortcut null for the identity
   */
  record Block(List<Convolution> path, Convolution shortcut) {}

  /** The length of an embedding. */
  int dimension() {
    List<Convolution> last = blocks.get(blocks.size() - 1).path();
    return last.get(last.size() - 1).outputChannels();
  }

  /** All convolutions, in the order in which the network is written. */
  List<Convolution> convolutions() {
    List<Convolution> all = new ArrayList<>();
    all.add(stem);
    for (Block block : blocks) {
      all.addAll(block.path());
      if (block.shortcut() != null) {
        all.add(block.shortcut());
      }
    }
    return all;
  }
}
