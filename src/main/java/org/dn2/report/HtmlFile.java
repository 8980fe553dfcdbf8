package org.dn2.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pebbletemplates.pebble.PebbleEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Writes one HTML file that needs no other and asks for none: its policy allows nothing but the
 * scripts, the style and the pictures in it. All pages have their frame, looks and charts from
 * here.
 */
final class HtmlFile {
  private static final String CHARTS = "/META-INF/resources/webjars/d3/7.9.0/";

  private HtmlFile() {}

  /**
   * A page. Whatever its content holds, it stays text.
   *
   * @param name of the page: beside this class lie its template {@code name.html} for the frame's
   *     body, its style {@code name.css} and its script {@code name.js}
   * @param content a record with a title; the template's variable {@code content}, and for the
   *     script the JSON in the element whose id is the name
   */
  static String of(String name, Object content) {
    String style = resource("looks.css") + resource(name + ".css");
    List<String> scripts =
        List.of(
            licensed(resource(CHARTS + "dist/d3.min.js"), resource(CHARTS + "LICENSE")),
            resource("charts.js"),
            resource(name + ".js"));
    PebbleEngine engine = new PebbleEngine.Builder().strictVariables(true).build();
    StringWriter html = new StringWriter();
    try {
      engine
          .getTemplate("org/dn2/report/" + name + ".html")
          .evaluate(
              html,
              Map.of(
                  "name", name,
                  "content", content,
                  "policy", policy(style, scripts),
                  "style", style,
                  "scripts", scripts,
                  "data", json(content)));
    } catch (IOException e) {
      throw new UncheckedIOException("the page could not be written", e);
    }
    return html.toString();
  }

  /** A library and, before it, what its owners ask to be kept with it. */
  private static String licensed(String library, String license) {
    return "/*!\n" + license.strip().replace("*/", "* /") + "\n*/\n" + library.strip();
  }

  private static String policy(String style, List<String> scripts) {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src %s; script-src %s"
        .formatted(
            hash(style), scripts.stream().map(HtmlFile::hash).collect(Collectors.joining(" ")));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** JSON in which no text can end the element that it stands in. */
  private static String json(Object content) {
    try {
      return new ObjectMapper()
          .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL)
          .writeValueAsString(content)
          .replace("<", "\\u003c")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a page's content must be writable as JSON", e);
    }
  }

  /** A text beside this class or, beginning with a slash, anywhere on the class path. */
  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(HtmlFile.class.getResourceAsStream(name), name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
      if (text.contains("</script") || text.contains("</style")) {
        throw new IllegalStateException(name + " would end the element that it stands in");
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
