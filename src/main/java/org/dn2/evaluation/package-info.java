/**
 * How well scores tell anomalous images from normal ones.
 *
 * <p>In: columns label and score of {@link org.dn2.table.Tables#SCORES} and the labels that count
 * as normal. Out: exact rank statistics, the ROC curve, and scores counted by bars.
 */
package org.dn2.evaluation;
