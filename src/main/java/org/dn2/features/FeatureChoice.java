package org.dn2.features;

/**
 * Which features a detector shall compare.
 *
 * @param map null for the one that the backbone's description names
 * @param whitening null for none
 */
public record FeatureChoice(FeatureMap map, WhiteningFit whitening) {
  /** The map that suits the backbone, nothing learned. */
  public static final FeatureChoice OF_BACKBONE = new FeatureChoice(null, null);

  /** The paper's own: the numbers as the network gives them. */
  public static final FeatureChoice PAPER = new FeatureChoice(FeatureMap.NONE, null);

  /** The map, where a backbone's description names the given one. */
  public FeatureMap mapOr(FeatureMap ofBackbone) {
    return map == null ? ofBackbone : map;
  }
}
