"use strict";
(() => {
  const reproduced = JSON.parse(document.getElementById("reproduced").textContent);
  const { element, byId, lines, dots, scatter } = charts;

  const text = (figure) => figure.percent.toFixed(2) + (figure.spread === undefined ? "" : ` \u00b1 ${figure.spread.toFixed(2)}`);
  /** A figure as a point; its line is the spread over draws or else the interval. */
  const point = (figure) => ({
    value: figure.percent,
    low: figure.spread === undefined ? figure.low : figure.percent - figure.spread,
    high: figure.spread === undefined ? figure.high : figure.percent + figure.spread,
    text: text(figure),
  });
  const printed = (figure) => ({ value: figure.percent, text: String(figure.percent) });

  /** Methods have colors, forms of the features are full, hollow and so on. */
  function seriesOf(columns) {
    const methods = [...new Set(columns.map((column) => column.method))];
    const forms = [...new Set(columns.map((column) => column.form))];
    return columns.map((column) => ({ name: column.name, color: `m${methods.indexOf(column.method) % 6}`, form: forms.indexOf(column.form) }));
  }
  const paper = { name: "DN2 in the paper", color: "ink", form: 0, shape: "diamond" };
  const rival = { name: "rivals, published", color: "quiet", form: 0, shape: "tick" };

  function glance() {
    const ours = reproduced.forms.map((form, place) => ({ name: `ours, ${form}`, color: "m0", form: place }));
    const several = new Set(reproduced.glances.map((one) => one.experiment)).size > 1;
    const rows = reproduced.glances.map((one) => ({
      name: several ? `${one.name}: ${brief(one)}` : one.name,
      note: one.difference === undefined ? "not measured here" : `${one.difference < 0 ? "-" : "+"}${Math.abs(one.difference).toFixed(2)}${one.caveats.length === 0 ? "" : " *"}`,
      points: [
        ...(one.bestRival ? [{ series: rival, ...printed(one.bestRival), text: `${one.rival} ${one.bestRival.percent}` }] : []),
        { series: paper, ...printed(one.paper) },
        ...one.ours.flatMap((figure, place) => (figure ? [{ series: ours[place], ...point(figure) }] : [])),
      ],
    }));
    const box = byId("glance-chart");
    const chart = element("div", { className: "chart" });
    box.append(chart);
    dots(chart, "Ours and the paper's results, a row for each; the table below has the same figures.", "ROCAUC in percent", rows,
      [...ours, paper, { ...rival, name: "best rival, published" }]);
    if (reproduced.glances.some((one) => one.caveats.length > 0)) {
      box.append(element("p", { className: "note" }, "* of fewer images or classes than the paper's: see the table."));
    }
  }
  const brief = (one) => reproduced.parts.find((part) => part.title === one.experiment).id.replaceAll("-", " ");

  function chart(table, part) {
    const box = byId(`${table.id}-chart`);
    const shownLines = table.lines;
    if (shownLines.filter((line) => !line.mean && line.ours.some((figure) => figure)).length < 2) {
      box.remove();
      return;
    }
    const ours = seriesOf(table.ours);
    const label = `${table.dataset}: ${part.title}; the table below has the same figures.`;
    const paperPlace = table.published.findIndex((column) => column.paper);
    if (table.byClass) {
      const hasRivals = table.published.length > 1 && shownLines.some((line) => line.published.some((figure, place) => figure && place !== paperPlace));
      const hasPaper = shownLines.some((line) => line.published[paperPlace]);
      const rows = shownLines.map((line) => ({
        name: line.name,
        points: [
          ...line.published.flatMap((figure, place) => (figure && place !== paperPlace ? [{ series: { ...rival, name: table.published[place].name }, ...printed(figure) }] : [])),
          ...(line.published[paperPlace] ? [{ series: paper, ...printed(line.published[paperPlace]) }] : []),
          ...line.ours.flatMap((figure, place) => (figure ? [{ series: ours[place], ...point(figure) }] : [])),
        ],
      }));
      dots(box, label, "ROCAUC in percent", rows, [...ours, ...(hasPaper ? [paper] : []), ...(hasRivals ? [rival] : [])]);
    } else {
      const series = ours.map((one, place) => ({
        ...one,
        points: shownLines.flatMap((line) => (line.ours[place] ? [{ step: line.name, ...point(line.ours[place]) }] : [])),
      }));
      const published = table.published.map((column, place) => ({
        ...(column.paper ? paper : { ...rival, name: `${column.name}, published` }),
        points: shownLines.flatMap((line) => (line.published[place] ? [{ step: line.name, ...printed(line.published[place]) }] : [])),
      }));
      lines(box, label, table.rowsAre, "ROCAUC in percent", shownLines.map((line) => line.name),
        [...series, ...published].filter((one) => one.points.length > 0));
    }
  }

  function planes() {
    for (const plane of reproduced.planes) {
      const figure = element("figure", { className: "chart" });
      byId("planes-charts").append(figure);
      scatter(figure, `${plane.dataset}: test images in the plane, ${plane.normal} being normal`, [
        { name: "all other classes", color: "m1", form: 1, points: plane.others },
        { name: `${plane.normal} (normal)`, color: "m0", form: 0, points: plane.normals },
      ]);
      figure.append(element("figcaption", { className: "note" }, `${plane.dataset}: ${plane.normal} is normal`));
    }
  }

  glance();
  for (const part of reproduced.parts) {
    for (const table of part.tables.filter((one) => one.measured)) chart(table, part);
  }
  if (reproduced.planes.length > 0) planes();
})();
