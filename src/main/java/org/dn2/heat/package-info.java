/**
 * Where in an image it differs from normal ones; pure numerics without Spark or a network.
 *
 * <p>In: the maps of two of a network's stages, of an image and of normal images near to it. Out: a
 * map over the image of how far each place is from all that the normal images show, and the scale
 * on which normal images themselves are cold.
 */
package org.dn2.heat;
