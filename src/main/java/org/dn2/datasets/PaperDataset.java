package org.dn2.datasets;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dn2.table.UserDataException;

/** The datasets of the paper's tables, and any folder tree. */
public enum PaperDataset {
  CIFAR10(
      CifarReader.CIFAR10,
      "cifar-10-batches-bin",
      "the binary version: data_batch_1.bin to 5, test_batch.bin, batches.meta.txt"),
  CIFAR100_COARSE(
      CifarReader.CIFAR100_COARSE,
      "cifar-100-binary",
      "the binary version, 20 classes: train.bin, test.bin, coarse_label_names.txt"),
  CIFAR100_FINE(
      CifarReader.CIFAR100_FINE,
      "cifar-100-binary",
      "the same, 100 classes: train.bin, test.bin, fine_label_names.txt"),
  MNIST(
      new IdxReader(IntStream.range(0, 10).mapToObj(Integer::toString).toList()),
      null,
      "train and t10k: -images-idx3-ubyte and -labels-idx1-ubyte, .gz or not"),
  FASHION_MNIST(
      new IdxReader(
          List.of(
              "t-shirt_top",
              "trouser",
              "pullover",
              "dress",
              "coat",
              "sandal",
              "shirt",
              "sneaker",
              "bag",
              "ankle_boot")),
      null,
      "files of the same names"),
  FLOWERS102(new FlowersReader(), null, "jpg/, imagelabels.mat, setid.mat"),
  CUB200(
      new BirdsReader(),
      "CUB_200_2011",
      "images/, images.txt, classes.txt, image_class_labels.txt, train_test_split.txt"),
  CATS_VS_DOGS(
      new CatsVsDogsReader(), null, "train/cat.0.jpg (Kaggle) or PetImages/Cat/0.jpg (Microsoft)"),
  DIOR(
      new AerialObjectsReader(),
      "DIOR",
      "JPEGImages-trainval/, JPEGImages-test/, Annotations/, ImageSets/Main/"),
  WBC(new BloodCellsReader(), null, "'Dataset 1/', 'Class Labels of Dataset 1.csv'"),
  FOLDER(new FolderTreeReader(), null, "any tree split/class/image");

  private final DatasetReader reader;
  private final String innerFolder;
  private final String files;

  /**
   * @param innerFolder that the download unpacks into; null for none
   * @param files what the reader looks for, for help texts
   */
  PaperDataset(DatasetReader reader, String innerFolder, String files) {
    this.reader = reader;
    this.innerFolder = innerFolder;
    this.files = files;
  }

  /** The name on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The files that a download of it holds. */
  public String files() {
    return files;
  }

  /**
   * The dataset of a name.
   *
   * @throws UserDataException naming all that there are
   */
  public static PaperDataset named(String name) {
    return Arrays.stream(values())
        .filter(dataset -> dataset.id().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserDataException(
                    "There is no dataset %s; there are %s."
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(PaperDataset::id)
                                .collect(Collectors.joining(", ")))));
  }

  DatasetReader reader() {
    return reader;
  }

  String innerFolder() {
    return innerFolder;
  }
}
