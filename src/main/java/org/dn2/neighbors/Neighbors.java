package org.dn2.neighbors;

/**
 * The nearest reference rows of one query.
 *
 * @param rows {@code int[k]}, row numbers, nearest first; rows at the same distance in ascending
 *     order
 * @param distances {@code double[k]}, ascending, 0 or more
 */
public record Neighbors(int[] rows, double[] distances) {}
