/**
 * The paper measured again: its datasets, its experiments and the tables and page that set our
 * figures beside the published ones.
 *
 * <p>In: embeddings of a dataset's training and test images by one backbone, as an {@link
 * org.dn2.reproduction.ExperimentRun}, and a {@link org.dn2.reproduction.ReproductionPlan}. Out:
 * {@link org.dn2.reproduction.DatasetResults}, laid out as a page and as rows. Nothing is written.
 */
package org.dn2.reproduction;
