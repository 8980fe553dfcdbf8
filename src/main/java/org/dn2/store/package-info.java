/**
 * Where detectors lie: the one room that knows their folders.
 *
 * <p>In and out: {@link org.dn2.detector.FittedDetector}. A detector's folder holds {@code
 * detector.json}, {@code reference/} and {@code calibration/} in Parquet, and {@code whitening/}
 * and {@code cleaning/} where there was any; any task can read it again.
 */
package org.dn2.store;
