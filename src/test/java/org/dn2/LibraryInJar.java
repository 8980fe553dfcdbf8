package org.dn2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A library that the one jar is made of.
 *
 * @param jar in the local repository of Maven
 */
record LibraryInJar(String group, String artifact, String version, Path jar) {
  /** What Maven resolved for the run time, one a line; the build writes it before the tests. */
  private static final Path RESOLVED = Path.of("target/runtime-libraries.txt");

  /** All of them, by their coordinates. */
  static List<LibraryInJar> all() throws IOException {
    List<LibraryInJar> libraries = new ArrayList<>();
    for (String line : Files.readAllLines(RESOLVED)) {
      List<String> parts =
          List.of(line.strip().replaceAll(" -- .*| \\(optional\\)", "").split(":", -1));
      if (parts.size() >= 6) {
        int last = parts.size() - 1;
        String version = parts.get(last - 2);
        libraries.add(
            new LibraryInJar(parts.get(0), parts.get(1), version, Path.of(parts.get(last))));
      }
    }
    libraries.sort(Comparator.comparing(LibraryInJar::toString));
    return libraries;
  }

  /**
   * Its licence by SPDX's name, as its POM or the nearest parent with one tells.
   *
   * @throws IllegalStateException if there is none, or one that is new here and needs a thought
   */
  String licence() throws IOException {
    // Their POMs say less than their own files do.
    if (artifact.equals("bh-tsne")) {
      return "BSD-4-Clause";
    }
    if (artifact.equals("jna")) {
      return "Apache-2.0"; // Or LGPL-2.1-or-later, as one likes.
    }
    String words = licenceOf(group, artifact, version);
    String lower = words.toLowerCase(Locale.ROOT);
    if (lower.contains("apache")) {
      return "Apache-2.0";
    }
    for (String known : List.of("BSD 2-Clause", "BSD 3-Clause", "MIT-0", "MIT", "ISC")) {
      if (lower.replace('-', ' ').contains(known.toLowerCase(Locale.ROOT).replace('-', ' '))) {
        return known.replace(' ', '-');
      }
    }
    throw new IllegalStateException(this + " has a licence that is new here: " + words);
  }

  private String licenceOf(String group, String artifact, String version) throws IOException {
    Element project = pom(group, artifact, version);
    Element licences = child(project, "licenses");
    if (licences != null) {
      return text(child(licences, "license"), "name");
    }
    Element parent = child(project, "parent");
    if (parent == null) {
      throw new IllegalStateException("The POM of " + this + " names no licence");
    }
    return licenceOf(text(parent, "groupId"), text(parent, "artifactId"), text(parent, "version"));
  }

  private Element pom(String group, String artifact, String version) throws IOException {
    Path repository = jar;
    // The jar lies below a folder for each part of the group, one of the artifact, one of the
    // version.
    for (int i = 0; i < this.group.split("\\.", -1).length + 3; i++) {
      repository = repository.getParent();
    }
    Path file =
        repository
            .resolve(group.replace('.', '/'))
            .resolve(artifact)
            .resolve(version)
            .resolve(artifact + "-" + version + ".pom");
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(file.toFile())
          .getDocumentElement();
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException(file + " is no POM", e);
    }
  }

  private static Element child(Element element, String name) {
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child && child.getTagName().equals(name)) {
        return child;
      }
    }
    return null;
  }

  private static String text(Element element, String name) {
    return child(element, name).getTextContent().strip();
  }

  /** A text file at the place where libraries have such, empty where this one has none. */
  String file(String name) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (String place : List.of("META-INF/" + name, "META-INF/" + name + ".txt", name)) {
        ZipEntry entry = zip.getEntry(place);
        if (entry != null) {
          return new String(zip.getInputStream(entry).readAllBytes(), UTF_8)
              .replace("\r\n", "\n")
              .replaceAll("(?m)[ \t]+$", "")
              .replaceAll("\n{3,}", "\n\n")
              .strip();
        }
      }
    }
    return "";
  }

  @Override
  public String toString() {
    return group + ":" + artifact + ":" + version;
  }
}
