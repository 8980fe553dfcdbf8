/**
 * The reference set of normal images and the detector that holds it.
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS}. Out: a detector folder: {@code detector.json},
 * {@code reference/} and {@code calibration/} in Parquet, which any task can read again.
 */
package org.dn2.reference;
