/**
 * The paper's experimental protocols as pure numerics over embeddings in memory, and the rivals
 * that need no training.
 *
 * <p>In: {@link org.dn2.protocols.LabeledEmbeddings} of a dataset's training and test images. Out:
 * {@link org.dn2.protocols.Measurement}s, one ROCAUC each.
 */
package org.dn2.protocols;
