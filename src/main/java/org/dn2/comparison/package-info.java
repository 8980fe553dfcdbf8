/**
 * Which backbone, feature map, distance and k tell labeled images apart best.
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS} of the same images by several backbones, as {@link
 * org.dn2.comparison.NamedEmbeddings}, and the labels that count as normal. Out: a {@link
 * org.dn2.comparison.ComparisonOfMethods}, ROCAUCs with intervals and paired differences. Nothing
 * is written and no path is opened.
 */
package org.dn2.comparison;
