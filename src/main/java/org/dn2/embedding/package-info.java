/**
 * Turns a listing of images into embeddings and rejects; the only room that touches DJL.
 *
 * <p>In: {@link org.dn2.table.Tables#LISTING} and a backbone (TorchScript file and {@code
 * model.json}). Out: {@link org.dn2.table.Tables#EMBEDDINGS} and {@link
 * org.dn2.table.Tables#REJECTS}.
 */
package org.dn2.embedding;
