/**
 * The search for nearest neighbors; pure numerics without Spark.
 *
 * <p>In: reference rows and queries as {@code float[]}. Out: row numbers and distances.
 */
package org.dn2.neighbors;
