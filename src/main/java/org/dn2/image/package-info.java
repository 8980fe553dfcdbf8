/**
 * Finds images and turns their bytes into the pixels that enter the network.
 *
 * <p>In: an {@link org.dn2.image.ImageInput}, which names a folder, a manifest or a table of
 * images, and the bytes of single images. Out: a listing under {@link
 * org.dn2.table.Tables#LISTING}, and for each image either an {@link org.dn2.image.RgbImage} or a
 * {@link org.dn2.image.RejectReason}. Only {@link org.dn2.image.ImageListing} and the classes
 * behind it, one each for a folder, a manifest and a table, know Spark; the decoding and the
 * geometry are pure.
 */
package org.dn2.image;
