package org.dn2.neighbors;

import java.util.Arrays;

/**
 * The {@code capacity} nearest rows offered so far, in ascending order of distance and, at the same
 * distance, of row number.
 */
final class NearestRows {
  private final double[] distances;
  private final int[] rows;
  private int size;

  NearestRows(int capacity) {
    this.distances = new double[capacity];
    this.rows = new int[capacity];
  }

  /** The distance that a row must not exceed to be kept; infinite until the list is full. */
  double bound() {
    return size < rows.length ? Double.POSITIVE_INFINITY : distances[size - 1];
  }

  boolean isFull() {
    return size == rows.length;
  }

  void offer(double distance, int row) {
    if (isFull() && !isBefore(distance, row, size - 1)) {
      return;
    }
    int place = isFull() ? size - 1 : size++;
    while (place > 0 && isBefore(distance, row, place - 1)) {
      distances[place] = distances[place - 1];
      rows[place] = rows[place - 1];
      place--;
    }
    distances[place] = distance;
    rows[place] = row;
  }

  private boolean isBefore(double distance, int row, int place) {
    return distance < distances[place] || (distance == distances[place] && row < rows[place]);
  }

  int size() {
    return size;
  }

  double distance(int place) {
    return distances[place];
  }

  int row(int place) {
    return rows[place];
  }

  Neighbors toNeighbors() {
    return new Neighbors(Arrays.copyOf(rows, size), Arrays.copyOf(distances, size));
  }
}
