/**
 * Anomaly scores of embeddings, and what a score means: thresholds and p-values.
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS} and a reference set. Out: the columns of {@link
 * org.dn2.table.Tables#SCORES} that the search gives.
 */
package org.dn2.score;
