package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.features.FeatureMap;
import org.dn2.image.Interpolation;
import org.dn2.image.ResizeMode;
import org.dn2.model.BackboneImport;
import org.dn2.model.Preprocessing;
import org.dn2.table.EmbeddedImage;
import org.dn2.testing.Images;
import org.dn2.testing.PythonScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backbones that people bring, from their file to embeddings, beside PyTorch's own. */
class ForeignBackbonesIT {
  private static final int IMAGES = 5;

  @TempDir Path folder;

  @Test
  void importsGiveTheEmbeddingsOfPyTorch() throws Exception {
    PythonScript.require(
        "torch, torchvision, PIL", "python3-torch python3-torchvision python3-pil");
    Images.writeFolder(folder.resolve("images/a"), IMAGES, Color.CYAN, 11);
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    for (int i = 0; i < IMAGES; i++) {
      arguments.add(folder.resolve("images/a/%03d.png".formatted(i)).toString());
    }
    PythonScript.run(folder, "foreign_networks.py", arguments.toArray(String[]::new));

    ModelSpec zipped =
        new BackboneImport(folder.resolve("zipped"))
            .fromPth(folder.resolve("resnet18.pth"), BackboneImport.Custom.TORCHVISION);
    ModelSpec old =
        new BackboneImport(folder.resolve("old"))
            .fromPth(folder.resolve("resnet18-old.pth"), BackboneImport.Custom.TORCHVISION);
    assertThat(zipped.id()).startsWith("resnet18-");
    assertThat(old.sha256())
        .as("the same network, whatever its file's form")
        .isEqualTo(zipped.sha256());
    assertThat(zipped.suitedFeatures()).isEqualTo(FeatureMap.NONE);
    assertSameEmbeddings("zipped", "resnet18.f32", 512);

    ModelSpec vit =
        new BackboneImport(folder.resolve("vit"), Precision.FP32)
            .fromTorchScript(
                folder.resolve("vit.pt"),
                96,
                new BackboneImport.Custom(
                    new Preprocessing(
                        ResizeMode.SHORT_SIDE,
                        208,
                        192,
                        Interpolation.BICUBIC,
                        List.of(0.48145466 * 255, 0.4578275 * 255, 0.40821073 * 255),
                        List.of(0.26862954 * 255, 0.26130258 * 255, 0.27577711 * 255)),
                    FeatureMap.L2));
    assertThat(vit.id()).matches("torchscript-[0-9a-f]{8}-[0-9a-f]{8}");
    assertThat(vit.suitedFeatures()).isEqualTo(FeatureMap.L2);
    assertThat(ModelSpec.fromJson(vit.toJson())).isEqualTo(vit);
    assertSameEmbeddings("vit", "vit.f32", 96);
  }

  private void assertSameEmbeddings(String model, String expectedFile, int dimension)
      throws Exception {
    Workplace work = new Workplace(folder, Workplace.openModel(folder.resolve(model)));
    work.embed("images", model + "-embedded");
    FloatBuffer expected =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(expectedFile)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    assertThat(expected.remaining()).isEqualTo(IMAGES * dimension);
    List<EmbeddedImage> images =
        EmbeddedImage.in(work.embeddings(model + "-embedded")).orderBy("imageId").collectAsList();
    assertThat(images).hasSize(IMAGES);
    for (EmbeddedImage image : images) {
      double dot = 0;
      double ours = 0;
      double theirs = 0;
      for (float value : image.getEmbedding()) {
        float other = expected.get();
        dot += (double) value * other;
        ours += (double) value * value;
        theirs += (double) other * other;
      }
      assertThat(dot / Math.sqrt(ours * theirs)).as(image.getImageId()).isCloseTo(1, within(1e-9));
      assertThat(Math.sqrt(ours / theirs)).isCloseTo(1, within(1e-5));
    }
  }
}
