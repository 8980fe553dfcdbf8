/**
 * Readers of the paper's datasets in the form in which their owners publish them. A downloaded
 * folder comes in; rows of {@link org.dn2.table.Tables#IMAGES}, each with the encoded image, its
 * label and its split, go out.
 */
package org.dn2.datasets;
