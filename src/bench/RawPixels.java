import java.nio.file.Path;
import org.dn2.model.BackboneImport;

/**
 * Makes a backbone whose embeddings are an image's pixels, for benchmarks in which the network shall
 * cost nothing.
 *
 * <p>Run by {@code src/bench/run RawPixels FOLDER SIDE}: the embeddings have 3 x SIDE x SIDE numbers.
 */
public final class RawPixels {
  private RawPixels() {}

  public static void main(String[] args) {
    System.out.println(new BackboneImport(Path.of(args[0])).rawPixels(Integer.parseInt(args[1])));
  }
}
