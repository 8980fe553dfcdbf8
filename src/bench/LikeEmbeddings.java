import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Random numbers like those of embeddings. */
final class LikeEmbeddings {
  private LikeEmbeddings() {}

  /** Rows of a seed, {@code float[rows][dimension]}: none negative, half of them zero, rows of twenty kinds. */
  static float[] of(long seed, int rows, int dimension) {
    Random random = new Random(seed);
    Random ofKinds = new Random(0);
    float[][] kinds = new float[20][dimension];
    for (float[] kind : kinds) {
      for (int i = 0; i < dimension; i++) {
        kind[i] = (float) ofKinds.nextGaussian();
      }
    }
    float[] values = new float[Math.multiplyExact(rows, dimension)];
    for (int row = 0; row < rows; row++) {
      float[] kind = kinds[random.nextInt(kinds.length)];
      for (int i = 0; i < dimension; i++) {
        values[row * dimension + i] = Math.max(0, kind[i] + (random.nextFloat() - 0.5f));
      }
    }
    return values;
  }

  /** Writes little-endian floats and returns the file's name. */
  static String write(Path file, float[] values) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        if (!bytes.hasRemaining()) {
          out.write(bytes.array());
          bytes.clear();
        }
        bytes.putFloat(value);
      }
      out.write(bytes.array(), 0, bytes.position());
    }
    return file.toString();
  }
}
