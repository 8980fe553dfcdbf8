package org.dn2.comparison;

/**
 * A method and the anomaly scores that it gives.
 *
 * @param scores of all images, in ascending order of image id
 */
public record ScoredMethod(ComparedMethod method, double[] scores) {}
