/**
 * The plans by which images find their nearest in a reference set: the whole set with every
 * executor, block by block, or in lists around centers.
 *
 * <p>In: embeddings and a reference set, {@link org.dn2.table.Tables#EMBEDDINGS} both. Out: {@link
 * org.dn2.search.NeighborSearch#NEIGHBORS}, an image's nearest and how far they are. What a
 * distance means, a score or an anomaly, is not known here.
 */
package org.dn2.search;
