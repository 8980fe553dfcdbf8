/**
 * Where tables lie, how they are committed, and how far they are believed: the only room that knows
 * folders, markers and formats, and the only one that renames or deletes what lies in a store.
 *
 * <p>In: Datasets and descriptions. Out: folders that are whole or not there, and the same Datasets
 * read back. Nothing here embeds, searches or scores.
 */
package org.dn2.store;
