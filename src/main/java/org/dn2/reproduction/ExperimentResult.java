package org.dn2.reproduction;

import org.dn2.features.FeatureMap;
import org.dn2.protocols.Measurement;

/**
 * One measurement and what it was made on.
 *
 * @param backbone its id; the rivals on raw pixels stand with the backbone that they rival
 */
public record ExperimentResult(
    Experiment experiment,
    String dataset,
    String backbone,
    FeatureMap features,
    Measurement measurement) {}
