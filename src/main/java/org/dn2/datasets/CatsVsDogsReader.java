package org.dn2.datasets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * Cats vs Dogs, 12,500 photographs of each: as Kaggle's {@code train/cat.0.jpg} or as Microsoft's
 * {@code PetImages/Cat/0.jpg}. As in the paper, the first 10,000 of each are for training and the
 * others for testing.
 */
record CatsVsDogsReader() implements DatasetReader {
  private static final int IMAGES_A_CLASS = 12_500;
  private static final int TRAINING_IMAGES_A_CLASS = 10_000;

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    boolean fromMicrosoft = folder.has("PetImages");
    if (!fromMicrosoft) {
      folder.require("train");
    }
    List<ImageFiles.LabeledFile> images = new ArrayList<>();
    for (String label : List.of("cat", "dog")) {
      for (int number = 0; number < IMAGES_A_CLASS; number++) {
        String path =
            fromMicrosoft
                ? "PetImages/%s/%d.jpg".formatted(label.equals("cat") ? "Cat" : "Dog", number)
                : "train/%s.%d.jpg".formatted(label, number);
        String split = number < TRAINING_IMAGES_A_CLASS ? "train" : "test";
        images.add(new ImageFiles.LabeledFile(path, label, split));
      }
    }
    SortedSet<String> present = folder.filesBelow(fromMicrosoft ? "PetImages" : "train");
    folder.requireAll(images.stream().map(ImageFiles.LabeledFile::path).toList(), present);
    return ImageFiles.share(images);
  }
}
