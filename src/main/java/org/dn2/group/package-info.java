/**
 * Groups of images as one: orderless pooling (section 3.3) and the spread of a group (section 4.5).
 *
 * <p>In: {@link org.dn2.table.Tables#EMBEDDINGS} with group ids. Out: one row per group, its id in
 * the place of an image's, with a pooled embedding or a score.
 */
package org.dn2.group;
