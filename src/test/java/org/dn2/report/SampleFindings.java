package org.dn2.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.dn2.heat.HeatMap;
import org.dn2.heat.HeatScale;
import org.dn2.image.InputGeometry;
import org.dn2.image.RgbImage;

/** Findings of a made-up run, whose names and labels are as bad as names can be. */
final class SampleFindings {
  static final String MARKUP =
      "<img src=x onerror=\"document.title='hacked'\">/</script><script>alert(1)</script>.png";
  static final String CONTROL = "a\u0007\u202egnp.\n\"quoted\", and =1+1.png";
  static final double THRESHOLD = 0.5;

  private static final int IMAGES = 40;
  private static final int BARS = 40;
  private static final int SIDE = 64;

  private SampleFindings() {}

  /** A run with labels, of which one is normal, or without any. */
  static Findings of(Set<String> normalLabels) {
    Random random = new Random(7);
    List<String> pictures = new ArrayList<>();
    List<Findings.Image> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      pictures.add(picture(random));
      double score = 1 - i / (double) IMAGES;
      images.add(
          new Findings.Image(
              i == 0 ? MARKUP : i == 1 ? CONTROL : "camera-%d/%05d.png".formatted(i % 3, i),
              List.copyOf(
                  i < 30
                      ? EnumSet.of(Findings.Kind.STRANGEST, Findings.Kind.OF_STRIP)
                      : i == 30
                          ? EnumSet.of(Findings.Kind.BORDER, Findings.Kind.COPY)
                          : EnumSet.of(Findings.Kind.BORDER)),
              normalLabels.isEmpty() ? null : i == 2 ? MARKUP : i % 5 == 0 ? "bolt" : "nut",
              null,
              score,
              (1 + i) / 301.0,
              score > THRESHOLD,
              i == 3 ? null : i,
              List.of(
                  new Findings.Near("normal/1.png", 0.3, 0),
                  new Findings.Near(MARKUP, 0.4, null))));
    }
    List<Double> borders = IntStream.rangeClosed(0, BARS).mapToObj(i -> i / (double) BARS).toList();
    List<Long> counts =
        IntStream.range(0, BARS).mapToObj(i -> Math.round(2000 * Math.exp(-i / 3.0))).toList();
    List<Long> few = IntStream.range(0, BARS).mapToObj(i -> (long) i / 4).toList();
    List<Findings.Series> series =
        normalLabels.isEmpty()
            ? List.of(new Findings.Series("images", null, counts))
            : List.of(
                new Findings.Series("anomalous", true, few),
                new Findings.Series("normal", false, counts));
    long all = series.stream().flatMap(one -> one.counts().stream()).mapToLong(n -> n).sum();
    long above =
        series.stream()
            .flatMap(one -> one.counts().subList(BARS / 2, BARS).stream())
            .mapToLong(n -> n)
            .sum();
    return new Findings(
        "Strange images: out/scores",
        new Findings.Run(
            "night-1",
            "2026-11-26",
            "2026-11-26T02:00:00Z",
            all,
            above,
            new Findings.Rate((double) above / all, 0.02, 0.03),
            THRESHOLD,
            0.00999,
            0.0156,
            null,
            1L,
            3L,
            0L,
            true),
        images,
        pictures,
        new Findings.Scores(
            borders, series, borders.stream().map(border -> Math.exp(-8 * border)).toList(), 300),
        normalLabels.isEmpty() ? null : quality(normalLabels),
        IntStream.rangeClosed(1, 12)
            .mapToObj(
                day ->
                    new Findings.Night(
                        "2026-11-%02d".formatted(14 + day),
                        day == 3 ? MARKUP : "night-" + day,
                        500,
                        day,
                        Findings.Rate.of(day, 500),
                        day == 12))
            .toList(),
        List.of(
            new Findings.Rejects(
                "truncated",
                3,
                "Copy the file again.",
                List.of(new Findings.Example(MARKUP, CONTROL)))),
        List.of(new Findings.Fact("Run", "night-1"), new Findings.Fact("Scores", MARKUP)),
        normalLabels.isEmpty() ? null : heatMaps());
  }

  /** A hot spot in the upper left of each image; one has none. */
  private static Findings.HeatMaps heatMaps() {
    float[] distances = new float[28 * 28];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = (float) Math.exp(-(Math.pow(i % 28 - 8, 2) + Math.pow(i / 28 - 8, 2)) / 20);
    }
    byte[] overlay =
        HeatPicture.png(
            new HeatMap(28, 28, distances),
            new HeatScale(0.2, 0.9),
            new InputGeometry.Part(0.0625, 0.0625, 0.875, 0.875),
            SIDE,
            SIDE);
    List<String> overlays =
        new ArrayList<>(Collections.nCopies(IMAGES, Base64.getEncoder().encodeToString(overlay)));
    overlays.set(4, null);
    return new Findings.HeatMaps(overlays, 32);
  }

  private static Findings.Quality quality(Set<String> normalLabels) {
    List<Findings.Point> curve =
        IntStream.rangeClosed(1, 20)
            .mapToObj(
                i ->
                    new Findings.Point(
                        1 - i / 20.0,
                        Math.pow(i / 20.0, 3),
                        Findings.Rate.of(Math.round(180 * Math.pow(i / 20.0, 0.3)), 180),
                        Findings.Rate.of(400 - 10 * i, 400)))
            .toList();
    return new Findings.Quality(
        List.copyOf(normalLabels),
        List.of(
            new Findings.Measured(null, 180, 7000, 0.93, 0.91, 0.95, 0.8, 0.2),
            new Findings.Measured(MARKUP, 1, 7000, 0.99, null, null, 0.7, 0.01)),
        curve);
  }

  private static String picture(Random random) {
    byte[] pixels = new byte[SIDE * SIDE * RgbImage.CHANNELS];
    int color = random.nextInt();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((color >> (8 * (i % 3))) + i / 300);
    }
    return Base64.getEncoder().encodeToString(Jpegs.encode(new RgbImage(SIDE, SIDE, pixels)));
  }
}
