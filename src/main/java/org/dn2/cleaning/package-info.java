/**
 * The cleaning stage of the unsupervised setting (section 3.2).
 *
 * <p>In: leave-one-out scores of training images. Out: which of them to keep.
 */
package org.dn2.cleaning;
