/**
 * Anomaly scores of embeddings, and what a score means: thresholds and p-values.
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS} and a reference set, or a whole detector. Out:
 * rows of {@link org.dn2.table.Tables#SCORES} but for when they were scored. Nothing is written
 * here.
 */
package org.dn2.score;
