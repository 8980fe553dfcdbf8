/**
 * What an embedding's numbers become before anything measures a distance between them: a map of
 * each image by itself, then perhaps whitening that was learned from the training images.
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS} as the network gave them. Out: the same rows with
 * the mapped numbers. Fit, score and every experiment come through {@link
 * org.dn2.features.Features}, so that all compare the same numbers.
 */
package org.dn2.features;
