"use strict";
/** What every page draws by: elements, numbers, tables and charts. */
const charts = (() => {
  const byId = (id) => document.getElementById(id);
  const count = new Intl.NumberFormat("en").format;
  const number = (value) => d3.format(".4~g")(value);
  const percent = (fraction) => {
    const digits = fraction === 0 || fraction >= 0.1 ? 1 : fraction >= 0.01 ? 2 : 3;
    return (100 * fraction).toFixed(digits) + " %";
  };

  /** An element with properties and children; text is always text. */
  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (value === undefined || value === null) continue;
      if (key in made) made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** Names may hold signs that turn the direction of what follows, or that nobody sees. */
  const shown = (name) => name.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");

  function table(head, rows, textColumns = 1) {
    const cells = (name, row) => row.map((value, place) =>
      element(name, { className: place < textColumns ? "text" : "", scope: name === "th" ? "col" : undefined }, value));
    return element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": head[0] + " and figures" },
      element("table", {}, element("thead", {}, element("tr", {}, ...cells("th", head))),
        element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells("td", row))))));
  }

  // Charts are drawn at this width and scaled by their box.
  const width = 960;
  const margin = { top: 8, right: 16, bottom: 42, left: 58 };

  /** Two axes and what they count, around a drawing whose scales end at the margins. */
  function axes(svg, bottom, xTitle, left, yTitle) {
    const [low, top] = left.scale().range();
    const [start, end] = bottom.scale().range();
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${low})`).call(bottom);
    svg.append("g").attr("class", "axis").attr("transform", `translate(${start},0)`).call(left);
    svg.append("text").attr("x", (start + end) / 2).attr("y", low + margin.bottom - 6).attr("text-anchor", "middle").text(xTitle);
    svg.append("text").attr("transform", `translate(14,${(top + low) / 2}) rotate(-90)`).attr("text-anchor", "middle").text(yTitle);
  }

  // A series is {name, color, form}: the color's class, and its form among those of that color.
  const dashes = ["", "7 4", "2 4"];
  const symbols = { diamond: d3.symbolDiamond, tick: { draw: (context) => { context.moveTo(0, -5); context.lineTo(0, 5); } } };

  /** A point of a series: full, hollow, or of the shape that the series has. */
  function mark(parent, series, x, y, title) {
    const made = parent.append("path").attr("transform", `translate(${x},${y})`)
      .attr("class", `mark ${series.color} ${series.shape === "tick" ? "open" : series.form > 0 ? "hollow" : ""}`)
      .attr("d", d3.symbol(symbols[series.shape] ?? d3.symbolCircle, series.shape === "diamond" ? 90 : 64)());
    if (title) made.append("title").text(title);
  }

  /** What the colors, dashes and shapes stand for. */
  function legend(allSeries, withLines) {
    return element("ul", { className: "legend" }, ...allSeries.map((series) => {
      const svg = d3.create("svg").attr("viewBox", "0 0 30 14").attr("aria-hidden", "true");
      if (withLines && series.shape !== "tick") {
        svg.append("line").attr("class", `through ${series.color}`).attr("stroke-dasharray", dashes[series.form % 3]).attr("x1", 0).attr("x2", 30).attr("y1", 7).attr("y2", 7);
      }
      mark(svg, series, 15, 7);
      return element("li", {}, svg.node(), series.name);
    }));
  }

  /** Draws a chart as wide as its box, again whenever that changes. */
  function fitted(box, draw) {
    let drawn = 0;
    const fit = () => {
      const wide = Math.max(300, Math.min(width, Math.floor(box.clientWidth)));
      if (wide === drawn) return;
      drawn = wide;
      box.replaceChildren(...draw(wide));
    };
    fit();
    new ResizeObserver(fit).observe(box);
  }

  const svgOf = (wide, height, label) =>
    d3.create("svg").attr("viewBox", `0 0 ${wide} ${height}`).attr("role", "img").attr("aria-label", label);
  const shortened = (text, most) => (text.length > most ? text.slice(0, most - 1) + "\u2026" : text);
  const whole = (points) => points.flatMap((point) => [point.value, point.low, point.high]).filter((value) => value !== undefined);

  /** A scale of percent around all values, in steps of five. */
  const around = (values) => d3.scaleLinear().domain([Math.max(0, 5 * Math.floor((d3.min(values) - 0.5) / 5)), Math.min(100, 5 * Math.ceil((d3.max(values) + 0.5) / 5))]);

  /**
   * Lines with points and intervals over equal steps.
   * @param steps the steps' names in order
   * @param allSeries of {points: [{step, value, low, high}]}
   */
  function lines(box, label, xTitle, yTitle, steps, allSeries) {
    fitted(box, (wide) => {
      const height = Math.max(280, Math.min(420, wide * 0.6));
      const x = d3.scalePoint(steps, [margin.left, wide - margin.right]).padding(0.4);
      const y = around(whole(allSeries.flatMap((series) => series.points))).range([height - margin.bottom, margin.top]);
      const svg = svgOf(wide, height, label);
      svg.append("g").selectAll("line").data(y.ticks(6)).join("line").attr("class", "grid-line").attr("x1", margin.left).attr("x2", wide - margin.right).attr("y1", y).attr("y2", y);
      axes(svg, d3.axisBottom(x), xTitle, d3.axisLeft(y).ticks(6), yTitle);
      // Each of ours a little aside, so that no interval hides another one.
      const aside = allSeries.filter((series) => series.shape === undefined);
      for (const series of allSeries) {
        const group = svg.append("g").attr("class", series.color);
        const by = series.shape === undefined ? 5 * (aside.indexOf(series) - (aside.length - 1) / 2) : 0;
        const at = (point) => x(point.step) + by;
        group.append("path").attr("class", "through").attr("stroke-dasharray", dashes[series.form % 3]).attr("d", d3.line(at, (point) => y(point.value))(series.points));
        for (const point of series.points) {
          if (point.low !== undefined) {
            group.append("line").attr("class", "whisker").attr("x1", at(point)).attr("x2", at(point)).attr("y1", y(Math.max(point.low, y.domain()[0]))).attr("y2", y(Math.min(point.high, y.domain()[1])));
          }
          mark(group, series, at(point), y(point.value), `${series.name}, ${xTitle} ${point.step}: ${point.text}`);
        }
      }
      return [svg.node(), legend(allSeries, true)];
    });
  }

  /**
   * A row of points for each name.
   * @param rows of {name, note, points: [{series, value, low, high, text}]}
   */
  function dots(box, label, xTitle, rows, allSeries) {
    fitted(box, (wide) => {
      const narrow = wide < 620;
      const left = narrow ? 10 : Math.min(280, 24 + 7 * d3.max(rows, (row) => Math.min(34, row.name.length)));
      const right = rows.some((row) => row.note) ? (narrow ? 16 : 130) : 20;
      const step = narrow ? 44 : 30;
      const height = margin.top + rows.length * step + margin.bottom;
      const x = around(whole(rows.flatMap((row) => row.points))).range([left, wide - right]);
      const svg = svgOf(wide, height, label);
      const bottom = height - margin.bottom;
      svg.append("g").selectAll("line").data(x.ticks(narrow ? 5 : 8)).join("line").attr("class", "grid-line").attr("x1", x).attr("x2", x).attr("y1", margin.top).attr("y2", bottom);
      rows.forEach((row, place) => {
        const y = margin.top + place * step + (narrow ? 31 : step / 2);
        const name = svg.append("text").attr("class", "row-name").attr("x", narrow ? left : left - 12).attr("y", narrow ? y - 14 : y + 4).attr("text-anchor", narrow ? "start" : "end").text(shortened(row.name, narrow ? 28 : 34));
        name.append("title").text(row.name);
        if (row.note) svg.append("text").attr("x", narrow ? wide - right : wide - right + 14).attr("y", narrow ? y - 14 : y + 4).attr("text-anchor", narrow ? "end" : "start").text(row.note);
        svg.append("line").attr("class", "grid-line").attr("x1", left).attr("x2", wide - right).attr("y1", y).attr("y2", y);
        // Points with intervals stand above each other, so that no line hides another one.
        const lanes = row.points.filter((point) => point.low !== undefined);
        for (const point of row.points) {
          const group = svg.append("g").attr("class", point.series.color);
          const at = y + (lanes.length > 4 ? 0 : 8 * (Math.max(0, lanes.indexOf(point)) - (lanes.includes(point) ? (lanes.length - 1) / 2 : 0)));
          if (point.low !== undefined) {
            group.append("line").attr("class", "whisker").attr("x1", x(Math.max(point.low, x.domain()[0]))).attr("x2", x(Math.min(point.high, x.domain()[1]))).attr("y1", at).attr("y2", at);
          }
          mark(group, point.series, x(point.value), at, `${row.name}, ${point.series.name}: ${point.text}`);
        }
      });
      svg.append("g").attr("class", "axis").attr("transform", `translate(0,${bottom})`).call(d3.axisBottom(x).ticks(narrow ? 5 : 8));
      svg.append("text").attr("x", (left + wide - right) / 2).attr("y", height - 6).attr("text-anchor", "middle").text(xTitle);
      return [svg.node(), legend(allSeries, false)];
    });
  }

  /** Points in the plane, whose axes mean nothing. */
  function scatter(box, label, kinds) {
    const side = 420;
    const all = kinds.flatMap((kind) => kind.points);
    const x = d3.scaleLinear(d3.extent(all, (point) => point[0]), [8, side - 8]);
    const y = d3.scaleLinear(d3.extent(all, (point) => point[1]), [side - 8, 8]);
    const svg = svgOf(side, side, label);
    for (const kind of kinds) {
      svg.append("g").attr("class", kind.color).selectAll("circle").data(kind.points).join("circle")
        .attr("class", kind.form > 0 ? "dot hollow" : "dot").attr("r", 3).attr("cx", (point) => x(point[0])).attr("cy", (point) => y(point[1]));
    }
    box.append(svg.node(), legend(kinds, false));
  }

  return { element, byId, shown, count, number, percent, table, width, margin, axes, lines, dots, scatter };
})();
