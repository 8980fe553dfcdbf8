package org.dn2.report;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts as PNG. */
public final class Plots {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 420;

  /** Colors that people with a color deficiency can tell apart (Okabe and Ito 2008). */
  private static final Color[] COLORS = {
    new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73),
    new Color(0xCC79A7), new Color(0xE69F00), new Color(0x56B4E9)
  };

  private Plots() {}

  /**
   * ROCAUC in percent over a number that is varied, a line per setting.
   *
   * @param xTitle what is varied
   * @param lines by setting, then by the number: percent
   */
  public static byte[] lines(
      String xTitle, Map<String, ? extends SortedMap<Double, Double>> lines) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(xTitle)
            .yAxisTitle("ROCAUC, %")
            .build();
    style(chart.getStyler());
    lines.forEach(
        (name, points) ->
            chart
                .addSeries(
                    name,
                    points.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
                    points.values().stream().mapToDouble(Double::doubleValue).toArray())
                .setMarker(SeriesMarkers.CIRCLE));
    return png(chart);
  }

  /**
   * ROCAUC in percent by class, a bar per setting.
   *
   * @param classes in order
   * @param bars by setting: percent, as many as there are classes
   */
  public static byte[] bars(List<String> classes, Map<String, List<Double>> bars) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("the normal class")
            .yAxisTitle("ROCAUC, %")
            .build();
    style(chart.getStyler());
    chart.getStyler().setXAxisLabelRotation(classes.size() > 8 ? 35 : 0);
    chart.getStyler().setAvailableSpaceFill(0.75);
    double least = bars.values().stream().flatMap(List::stream).mapToDouble(v -> v).min().orElse(0);
    // A bar's length should mean something: from chance level, or from 0 where one is below it.
    chart.getStyler().setYAxisMin(least >= 50 ? 50.0 : 0.0);
    chart.getStyler().setYAxisMax(100.0);
    bars.forEach((name, values) -> chart.addSeries(name, classes, values));
    return png(chart);
  }

  /**
   * Points in the plane, a color per kind.
   *
   * @param kinds by name: {@code double[points][2]}
   */
  public static byte[] scatter(Map<String, double[][]> kinds) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(WIDTH * 3 / 4).build();
    style(chart.getStyler());
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    chart.getStyler().setAxisTicksVisible(false);
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setMarkerSize(5);
    kinds.forEach(
        (name, points) ->
            chart
                .addSeries(
                    name,
                    Arrays.stream(points).mapToDouble(point -> point[0]).toArray(),
                    Arrays.stream(points).mapToDouble(point -> point[1]).toArray())
                .setMarker(SeriesMarkers.CIRCLE));
    return png(chart);
  }

  private static void style(AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(new Color(0xE2E6EC));
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setSeriesColors(COLORS);
  }

  private static byte[] png(Chart<?, ?> chart) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      BitmapEncoder.saveBitmap(chart, bytes, BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UncheckedIOException("the chart could not be encoded", e);
    }
    return bytes.toByteArray();
  }
}
