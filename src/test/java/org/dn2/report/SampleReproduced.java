package org.dn2.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A made-up reproduction, whose names are as bad as names can be. */
final class SampleReproduced {
  private SampleReproduced() {}

  static Reproduced of() {
    List<Reproduced.Column> ours =
        List.of(
            new Reproduced.Column("DN2, log-l2", "DN2", "log-l2", false),
            new Reproduced.Column("DN2, none", "DN2", "none", false));
    List<Reproduced.Column> published =
        List.of(
            new Reproduced.Column("DN2", "DN2", "", true),
            new Reproduced.Column("MHRot", "MHRot", "", false));
    List<Reproduced.Line> classes = new ArrayList<>();
    for (String name : List.of("cat", SampleFindings.MARKUP, SampleFindings.CONTROL)) {
      classes.add(line(name, false, 90, 0.25, classes.isEmpty()));
    }
    classes.add(line("average", true, 91, 0.3, true));
    List<Reproduced.Line> numbers = new ArrayList<>();
    for (String k : List.of("1", "2", "3", "all")) {
      numbers.add(line(k, false, 88 + numbers.size(), null, k.equals("2")));
    }
    Reproduced.Table measured =
        new Reproduced.Table(
            "table-1",
            SampleFindings.MARKUP,
            "table 1",
            "normal",
            true,
            true,
            List.of("Note " + SampleFindings.MARKUP),
            List.of(),
            ours,
            published,
            classes);
    Reproduced.Table missing =
        new Reproduced.Table(
            "table-2",
            "flowers102",
            "table 3",
            "normal",
            true,
            false,
            List.of(),
            List.of("dn2 reproduce --what unimodal"),
            List.of(),
            published,
            List.of(
                new Reproduced.Line(
                    "average",
                    true,
                    List.of(),
                    null,
                    List.of(figure(93.9, null), figure(65.9, null)))));
    Reproduced.Table lines =
        new Reproduced.Table(
            "table-3",
            SampleFindings.CONTROL,
            null,
            "k",
            false,
            true,
            List.of(),
            List.of(),
            ours,
            published,
            numbers);
    return new Reproduced(
        "The paper's experiments, measured again",
        "1 of 2 was measured here.",
        List.of(new Reproduced.Card("Datasets", SampleFindings.MARKUP, "")),
        List.of("log-l2", "none"),
        List.of(
            new Reproduced.Glance(
                "table-1",
                SampleFindings.MARKUP,
                "One class normal",
                "table 1",
                Arrays.asList(figure(91, 0.3), null),
                figure(92.5, null),
                "MHRot",
                figure(90.1, null),
                -1.5,
                List.of("a caveat")),
            new Reproduced.Glance(
                "table-2",
                "flowers102",
                "One class normal",
                "table 3",
                Arrays.asList(null, null),
                figure(93.9, null),
                null,
                null,
                null,
                List.of())),
        List.of(
            new Reproduced.Part("unimodal", "One class normal", List.of(measured, missing)),
            new Reproduced.Part("neighbors", "The number of neighbors k", List.of(lines))),
        List.of(new Reproduced.Plane("pets", SampleFindings.MARKUP, points(1), points(2))),
        List.of(new Reproduced.Missing(SampleFindings.MARKUP, "why", List.of("command"))),
        List.of("Fact " + SampleFindings.MARKUP));
  }

  private static Reproduced.Line line(
      String name, boolean mean, double percent, Double width, boolean isPublished) {
    return new Reproduced.Line(
        name,
        mean,
        Arrays.asList(figure(percent, width), name.equals("cat") ? null : figure(80, null)),
        isPublished ? percent - 92.5 : null,
        Arrays.asList(
            isPublished ? figure(92.5, null) : null, isPublished ? figure(70, null) : null));
  }

  private static Reproduced.Figure figure(double percent, Double width) {
    return new Reproduced.Figure(
        percent,
        null,
        width == null ? null : percent - width,
        width == null ? null : percent + width);
  }

  private static List<double[]> points(int seed) {
    return new Random(seed)
        .doubles(100)
        .mapToObj(x -> new double[] {x + seed, 1 - x * x / seed})
        .toList();
  }
}
