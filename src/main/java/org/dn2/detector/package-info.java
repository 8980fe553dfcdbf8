/**
 * A detector: the reference set of normal images and what is said of it.
 *
 * <p>{@link org.dn2.detector.Detector} is the description, {@link org.dn2.detector.FittedDetector}
 * the description with its tables. Where a detector lies is not known here.
 */
package org.dn2.detector;
