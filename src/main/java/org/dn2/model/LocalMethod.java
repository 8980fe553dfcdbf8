package org.dn2.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.dn2.embedding.LocalMaps;
import org.dn2.embedding.ModelSpec;
import org.dn2.table.UserDataException;

/**
 * Writes a second method beside {@code forward} into a copy of a backbone's archive: {@code local},
 * which gives the maps of the two stages whose positions are 8 and 16 pixels apart (layers 2 and 3
 * of a ResNet), in single precision and with the channels last.
 *
 * <p>It is made from the text of {@code forward}, as {@link ForwardCode} writes it: its lines up to
 * the last of the coarser stage. So archives that were written before there were heat maps have it
 * too, and the file, its digest and all embeddings stay as they are.
 */
public final class LocalMethod {
  private static final int FINE = 8;
  private static final int COARSE = 16;

  private static final String CODE = "/code/__torch__.py";
  private static final String FORWARD =
      "  def forward(self: __torch__." + ForwardCode.CLASS + ",\n";
  private static final String END = "    return ";

  private static final Pattern LINE = Pattern.compile("    (v\\d+) = (.+)");
  private static final Pattern CONVOLUTION =
      Pattern.compile(
          "\\(self\\)\\.(?:convolution|pointwise)\\((\\w+), self\\.\\w+, self\\.\\w+, (\\d+), \\d+, \\)");
  private static final Pattern POOLING = Pattern.compile("torch\\.max_pool2d\\((\\w+), .+");
  private static final Pattern ELEMENTWISE =
      Pattern.compile("torch\\.(?:to|relu_)\\((?:(torch\\.add_)\\()?(\\w+)[,)].*");
  private static final int POOLING_STRIDE = 2;

  private LocalMethod() {}

  /**
   * An archive with the method.
   *
   * @param spec describes it, by its own digest
   * @param torchScript its bytes
   */
  public record Archive(ModelSpec spec, byte[] torchScript) {}

  /**
   * Adds the method to a copy, in memory.
   *
   * @param torchScript the archive that {@code spec} describes
   * @throws UserDataException if it is another archive, or not of a ResNet that was imported from
   *     its weights
   */
  public static Archive addedTo(ModelSpec spec, Path torchScript) {
    // Executors check the copy alone.
    BackboneImport.requireDigest(torchScript, spec);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean isAdded = false;
    try (ZipFile archive = new ZipFile(torchScript.toFile());
        ZipOutputStream copy = new ZipOutputStream(bytes)) {
      copy.setMethod(ZipOutputStream.STORED);
      Enumeration<? extends ZipEntry> entries = archive.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        byte[] content = archive.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(CODE)) {
          String code = new String(content, StandardCharsets.UTF_8);
          if (code.contains(FORWARD)) {
            content = addedTo(code, spec).getBytes(StandardCharsets.UTF_8);
            isAdded = true;
          }
        }
        TorchScriptArchive.store(copy, entry.getName(), content);
      }
    } catch (IOException e) {
      throw new UserDataException(
          "The model file " + torchScript + " cannot be read: " + e.getMessage(), e);
    }
    if (!isAdded) {
      throw unsuited(spec);
    }
    byte[] written = bytes.toByteArray();
    return new Archive(spec.withSha256(DigestUtils.sha256Hex(written)), written);
  }

  /** The code with the method behind {@code forward}, which stays as it is. */
  static String addedTo(String code, ModelSpec spec) {
    int begin = code.indexOf(FORWARD);
    int end = code.indexOf(END, begin);
    int next = code.indexOf('\n', end) + 1;
    if (end < 0 || next == 0) {
      throw unsuited(spec);
    }
    List<String> forward = code.substring(begin, end).lines().toList();
    return code.substring(0, next)
        + method(forward.subList(2, forward.size()), spec)
        + code.substring(next);
  }

  private static String method(List<String> body, ModelSpec spec) {
    Map<String, Integer> strides = new HashMap<>(Map.of("x", 1));
    Map<Integer, Integer> lastLines = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (String line : body) {
      Matcher assignment = LINE.matcher(line);
      if (!assignment.matches()) {
        throw unsuited(spec);
      }
      String expression = assignment.group(2);
      Matcher convolution = CONVOLUTION.matcher(expression);
      Matcher pooling = POOLING.matcher(expression);
      Matcher elementwise = ELEMENTWISE.matcher(expression);
      int stride;
      if (convolution.matches()) {
        stride =
            strideOf(convolution.group(1), strides, spec) * Integer.parseInt(convolution.group(2));
      } else if (pooling.matches()) {
        stride = strideOf(pooling.group(1), strides, spec) * POOLING_STRIDE;
      } else if (elementwise.matches()) {
        stride = strideOf(elementwise.group(2), strides, spec);
        if (elementwise.group(1) != null) {
          // A block's sum: what comes last at a stride is what its stage gives.
          lastLines.put(stride, names.size());
        }
      } else {
        break;
      }
      strides.put(assignment.group(1), stride);
      names.add(assignment.group(1));
    }
    if (!lastLines.containsKey(FINE) || !lastLines.containsKey(COARSE)) {
      throw unsuited(spec);
    }
    int last = lastLines.get(COARSE);
    return """
        def %s(self: __torch__.%s,
          x: Tensor) -> List[Tensor]:
      %s
          return [%s, %s]
      """
        .formatted(
            LocalMaps.METHOD,
            ForwardCode.CLASS,
            String.join("\n", body.subList(0, last + 1)),
            channelsLast(names.get(lastLines.get(FINE))),
            channelsLast(names.get(last)));
  }

  private static int strideOf(String name, Map<String, Integer> strides, ModelSpec spec) {
    Integer stride = strides.get(name);
    if (stride == null) {
      throw unsuited(spec);
    }
    return stride;
  }

  private static String channelsLast(String value) {
    return "torch.contiguous(torch.permute(torch.to(%s, %d), [0, 2, 3, 1]))"
        .formatted(value, ForwardCode.FLOAT32);
  }

  private static UserDataException unsuited(ModelSpec spec) {
    return new UserDataException(
        "The model %s has no maps of places: they come of ResNets whose weights dn2 imported. Leave out --heat-maps, or use the default model or one of dn2 model import --tfjs, --safetensors or --pth."
            .formatted(spec.id()));
  }
}
