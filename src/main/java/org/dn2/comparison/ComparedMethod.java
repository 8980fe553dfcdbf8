package org.dn2.comparison;

import org.dn2.features.FeatureMap;
import org.dn2.neighbors.Distance;

/**
 * What made the scores of a line.
 *
 * @param embeddings the folder of the embeddings
 */
public record ComparedMethod(
    String embeddings, String modelId, FeatureMap features, Distance distance, int k) {}
