/**
 * The rooms as stages of MLlib's pipelines: files in, features out ({@link
 * org.dn2.ml.ImageEmbedder}); features of normal images in, a detector out ({@link
 * org.dn2.ml.DeepNearestNeighbors}); features in, scores out ({@link
 * org.dn2.ml.DeepNearestNeighborsModel}). Beside the pipeline it is the one place that composes
 * rooms; it fits, scores and stores nothing by itself.
 */
package org.dn2.ml;
