/**
 * Fits a detector: features, groups, cleaning (section 3.2), centers (section 5.1), calibration.
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS} of normal images, their backbone's description and
 * a method. Out: a {@link org.dn2.detector.FittedDetector}. Nothing is written here.
 */
package org.dn2.fit;
