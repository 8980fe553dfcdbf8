package org.dn2.datasets;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.dn2.image.ImageDecoder;
import org.dn2.image.InputGeometry;
import org.dn2.image.ResizeMode;
import org.dn2.image.RgbImage;
import org.dn2.image.UndecodableImageException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * DIOR, objects in aerial photographs: photographs, an annotation in Pascal VOC's XML for each, and
 * a list of names for each split. As in the paper, each object whose box has at least 120 pixels on
 * both axes is cropped and resized to 256 x 256. An object's group is its photograph.
 */
record AerialObjectsReader() implements DatasetReader {
  private static final String LISTS = "ImageSets/Main/";
  private static final int SMALLEST_SIDE = 120;
  private static final InputGeometry RESIZED = new InputGeometry(ResizeMode.EXACT, 256, 256);
  private static final int PHOTOGRAPHS_A_TASK = 64;

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    folder.require(LISTS + "train.txt", LISTS + "val.txt", LISTS + "test.txt");
    String annotations = folder.firstOf("Annotations/Horizontal Bounding Boxes", "Annotations");
    if (annotations == null) {
      folder.require("Annotations");
    }
    List<Photograph> photographs = new ArrayList<>();
    add(photographs, folder, annotations, "train", "train", "JPEGImages-trainval");
    add(photographs, folder, annotations, "val", "validation", "JPEGImages-trainval");
    add(photographs, folder, annotations, "test", "test", "JPEGImages-test");
    SortedSet<String> present = folder.filesBelow(annotations);
    for (String images : List.of("JPEGImages-trainval", "JPEGImages-test", "JPEGImages")) {
      if (folder.has(images)) {
        present.addAll(folder.filesBelow(images));
      }
    }
    folder.requireAll(
        photographs.stream().flatMap(one -> Stream.of(one.image(), one.annotation())).toList(),
        present);
    return Ranges.share(
        photographs.size(),
        PHOTOGRAPHS_A_TASK,
        (first, count) -> new Photographs(List.copyOf(photographs.subList(first, first + count))));
  }

  private static void add(
      List<Photograph> photographs,
      SourceFolder folder,
      String annotations,
      String list,
      String split,
      String images)
      throws IOException {
    String folderOfImages = folder.has(images) ? images : "JPEGImages";
    for (String name : folder.lines(LISTS + list + ".txt")) {
      photographs.add(
          new Photograph(
              "%s/%s.jpg".formatted(folderOfImages, name),
              "%s/%s.xml".formatted(annotations, name),
              split));
    }
  }

  private record Photograph(String image, String annotation, String split)
      implements Serializable {}

  /** A box of whole pixels, {@code x} and {@code y} from 0. */
  private record LabeledBox(int number, String label, int x, int y, int width, int height) {}

  /** The objects of some photographs. */
  private record Photographs(List<Photograph> photographs) implements ImageSource {

    @Override
    public Iterator<DatasetImage> images(SourceFolder folder) {
      return photographs.stream()
          .flatMap(photograph -> AerialObjectsReader.objects(folder, photograph))
          .iterator();
    }
  }

  private static Stream<DatasetImage> objects(SourceFolder folder, Photograph photograph) {
    try {
      List<LabeledBox> boxes = boxes(folder, photograph.annotation());
      if (boxes.isEmpty()) {
        return Stream.empty();
      }
      RgbImage image = ImageDecoder.DEFAULT.decode(folder.image(photograph.image()));
      return boxes.stream().map(box -> object(folder, photograph, image, box));
    } catch (UndecodableImageException e) {
      throw folder.damaged(photograph.image(), e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DatasetImage object(
      SourceFolder folder, Photograph photograph, RgbImage image, LabeledBox box) {
    if (box.x() + box.width() > image.width() || box.y() + box.height() > image.height()) {
      throw folder.damaged(
          photograph.annotation(),
          "the object %d reaches out of its photograph of %d x %d pixels"
              .formatted(box.number(), image.width(), image.height()));
    }
    RgbImage cropped = image.crop(box.x(), box.y(), box.width(), box.height());
    try {
      return new DatasetImage(
          "%s#%d".formatted(photograph.image(), box.number()),
          folder.path(photograph.image()),
          box.label(),
          photograph.split(),
          photograph.image(),
          Png.rgb(RESIZED.apply(cropped)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The large boxes; VOC's corners count from 1, and both belong to the box. */
  private static List<LabeledBox> boxes(SourceFolder folder, String annotation) throws IOException {
    List<LabeledBox> boxes = new ArrayList<>();
    try {
      NodeList objects = parse(folder.smallFile(annotation)).getElementsByTagName("object");
      for (int i = 0; i < objects.getLength(); i++) {
        Element object = (Element) objects.item(i);
        int left = pixel(object, "xmin");
        int top = pixel(object, "ymin");
        int width = pixel(object, "xmax") - left + 1;
        int height = pixel(object, "ymax") - top + 1;
        if (left < 1 || top < 1) {
          throw folder.damaged(
              annotation, "the object %d begins left of or above the photograph".formatted(i));
        }
        if (width >= SMALLEST_SIDE && height >= SMALLEST_SIDE) {
          boxes.add(new LabeledBox(i, text(object, "name"), left - 1, top - 1, width, height));
        }
      }
    } catch (SAXException | NumberFormatException e) {
      throw folder.damaged(annotation, e.getMessage());
    }
    return boxes;
  }

  private static int pixel(Element object, String name) throws SAXException {
    return (int) Math.round(Double.parseDouble(text(object, name)));
  }

  private static String text(Element object, String name) throws SAXException {
    NodeList found = object.getElementsByTagName(name);
    if (found.getLength() == 0) {
      throw new SAXException("an object lacks the element " + name);
    }
    return found.item(0).getTextContent().strip();
  }

  /** Without document types, so that a file cannot name others or swell. */
  private static Element parse(byte[] xml) throws SAXException, IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(new ByteArrayInputStream(xml)).getDocumentElement();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this Java has no XML parser of the usual kind", e);
    }
  }
}
