package org.dn2.neighbors;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dn2.table.UserDataException;

/**
 * Reference embeddings in memory: {@code float[rows][dimension]} in chunks, because one Java array
 * ends at about a million rows of 2,048. A row's number is its place in the order of adding.
 */
public final class ReferenceRows implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int CHUNK_FLOATS = 1 << 24;

  private final Distance distance;
  private final int dimension;
  private final int rowsPerChunk;
  private final int rowCount;
  private final List<float[]> chunks;
  private final double[] squaredNorms;

  private ReferenceRows(Builder builder) {
    this.distance = builder.distance;
    this.dimension = builder.dimension;
    this.rowsPerChunk = builder.rowsPerChunk;
    this.rowCount = builder.rowCount;
    this.chunks = List.copyOf(builder.chunks);
    this.squaredNorms = Arrays.copyOf(builder.squaredNorms, rowCount);
  }

  /**
   * An empty set of rows.
   *
   * @param dimension 1 or more
   * @param distance by which the rows will be searched
   */
  public static Builder builder(int dimension, Distance distance) {
    return new Builder(dimension, distance);
  }

  /** Takes rows one by one. */
  public static final class Builder {
    private final Distance distance;
    private final int dimension;
    private final int rowsPerChunk;
    private final List<float[]> chunks = new ArrayList<>();
    private double[] squaredNorms = new double[1024];
    private int rowCount;

    private Builder(int dimension, Distance distance) {
      this.distance = distance;
      this.dimension = dimension;
      this.rowsPerChunk = Math.max(1, CHUNK_FLOATS / dimension);
    }

    /**
     * Adds a copy of a row.
     *
     * @param row {@code float[dimension]}
     * @throws UserDataException if it has another dimension or holds NaN or infinity
     */
    public Builder add(float[] row) {
      requireEmbedding(row, 0, row.length, dimension, "reference embedding " + rowCount);
      int place = rowCount % rowsPerChunk;
      if (place == 0) {
        chunks.add(new float[rowsPerChunk * dimension]);
      }
      float[] chunk = chunks.get(chunks.size() - 1);
      System.arraycopy(row, 0, chunk, place * dimension, dimension);
      distance.prepare(chunk, place * dimension, dimension);
      if (rowCount == squaredNorms.length) {
        squaredNorms = Arrays.copyOf(squaredNorms, Math.multiplyExact(rowCount, 2));
      }
      squaredNorms[rowCount++] = Distances.squaredNorm(chunk, place * dimension, dimension);
      return this;
    }

    /** The rows added so far. */
    public ReferenceRows build() {
      int inLast = rowCount % rowsPerChunk;
      if (inLast != 0) {
        int last = chunks.size() - 1;
        chunks.set(last, Arrays.copyOf(chunks.get(last), inLast * dimension));
      }
      return new ReferenceRows(this);
    }
  }

  static void requireEmbedding(float[] values, int offset, int length, int dimension, String what) {
    if (length != dimension) {
      throw new UserDataException(
          "The %s has %d numbers; %d were expected. Were all images embedded by the same model?"
              .formatted(what, length, dimension));
    }
    for (int i = offset; i < offset + length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new UserDataException(
            "The %s holds NaN or infinity. Embed the images again.".formatted(what));
      }
    }
  }

  /** By which the rows are searched. */
  public Distance distance() {
    return distance;
  }

  /** How many numbers a row has. */
  public int dimension() {
    return dimension;
  }

  /** How many rows there are. */
  public int rowCount() {
    return rowCount;
  }

  int chunkCount() {
    return chunks.size();
  }

  /** {@code float[chunkRows][dimension]}, row-major; not to be changed. */
  float[] chunk(int index) {
    return chunks.get(index);
  }

  int firstRowOf(int chunk) {
    return chunk * rowsPerChunk;
  }

  double squaredNorm(int row) {
    return squaredNorms[row];
  }

  /** The distance between a row and a prepared query, summed in double. */
  double distance(int row, float[] queries, int queryOffset) {
    return distance.between(
        chunks.get(row / rowsPerChunk),
        (row % rowsPerChunk) * dimension,
        queries,
        queryOffset,
        dimension);
  }
}
