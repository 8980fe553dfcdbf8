package org.dn2.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;

/** What may lie at a path that a command is given, and is not what it wants. */
final class WrongPlaces {
  private static final int DEPTH = 100_000;
  private static final String HALF = "half of a JSON";
  private static final String DEEP = "deep JSON";
  private static final List<String> DESCRIPTIONS =
      List.of("_DN2_RUN", "embed.json", "detector.json", "model.json");

  private WrongPlaces() {}

  /** Makes something at a path that is free. */
  @FunctionalInterface
  interface Maker {
    /** The path as it is given to a command. */
    Path make(Path place) throws IOException;
  }

  /** Paths at which there is nothing, or nothing of use; by what each is, in words. */
  static Map<String, Maker> few() {
    Map<String, Maker> few = new LinkedHashMap<>();
    few.put("nothing", place -> place);
    few.put("an empty folder", Files::createDirectory);
    few.put("bytes", place -> Files.write(place, bytes(1)));
    few.put("below a file", place -> Files.createFile(place).resolve("below"));
    few.put("a link to nowhere", place -> Files.createSymbolicLink(place, place.resolve("no")));
    few.put("an unknown store", place -> Path.of("nosuch:/" + place.getFileName()));
    return few;
  }

  /** Those and files and folders of all kinds. */
  static Map<String, Maker> all(GoodPlaces good) {
    Map<String, Maker> all = new LinkedHashMap<>(few());
    all.put("an empty file", Files::createFile);
    all.put("text", place -> Files.writeString(place, "It was a dark\nand stormy night;\n"));
    all.put("picture", place -> Files.write(place, Images.encoded("png", Color.RED, 3)));
    List.of("{}", HALF, DEEP)
        .forEach(name -> all.put("a file: " + name, place -> write(place, json().get(name))));
    json().forEach((name, text) -> all.put("a folder of " + name, place -> folder(place, text)));
    all.put(
        "a folder of text",
        place -> folder(place, "a.txt", "Once upon".getBytes(StandardCharsets.UTF_8)));
    all.put("a folder of broken tables", place -> folder(place, "a.parquet", bytes(2)));
    all.put("a table that is cut short", place -> folder(place, "a.parquet", cutShort(good)));
    all.put("a table of something else", WrongPlaces::table);
    all.put(
        "a table in one file",
        place -> Files.copy(parquetIn(table(place.resolveSibling("table"))), place));
    GoodPlaces.NAMES.forEach(name -> all.put(name, place -> good.at(name)));
    return all;
  }

  /** JSON that is none, or of another shape than anything that is read. */
  static Map<String, String> json() {
    Map<String, String> json = new LinkedHashMap<>();
    json.put("[]", "[]");
    json.put("{}", "{}");
    json.put("null", "null");
    json.put("\"x\"", "\"x\"");
    json.put("7", "7");
    json.put(HALF, "{\"run_id\": ");
    json.put(
        "JSON of other kinds",
        "{\"run_id\": \"a\", \"files\": [{}], \"model\": {\"id\": 7}, \"name\": {}}");
    json.put(DEEP, "{\"model\":" + "[".repeat(DEPTH) + "]".repeat(DEPTH) + "}");
    return json;
  }

  private static Path write(Path place, String text) throws IOException {
    return Files.writeString(place, text);
  }

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[5000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Path folder(Path place, String json) throws IOException {
    Files.createDirectory(place);
    for (String file : DESCRIPTIONS) {
      write(place.resolve(file), json);
    }
    return place;
  }

  private static Path folder(Path place, String file, byte[] content) throws IOException {
    Files.createDirectory(place);
    Files.write(place.resolve(file), content);
    return place;
  }

  private static byte[] cutShort(GoodPlaces good) throws IOException {
    byte[] whole = Files.readAllBytes(parquetIn(good.at("embeddings/embeddings")));
    return Arrays.copyOf(whole, whole.length / 2);
  }

  private static Path parquetIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private static Path table(Path place) {
    SparkSessions.local().range(3).toDF("number").coalesce(1).write().parquet(place.toString());
    return place;
  }
}
