"use strict";
(() => {
  const findings = JSON.parse(document.getElementById("findings").textContent);
  const { element, byId, shown, count, number, percent, table, width, margin, axes } = charts;

  /** Whether the images were judged by each other, none of them known to be normal. */
  const isAmongThemselves = findings.run.deviations !== undefined;
  const isByNormal = findings.run.areNeighborsNormal;
  const nearestAre = isByNormal ? "nearest normal" : "nearest";

  function falseAlarms(rate) {
    const expected = rate * findings.run.images;
    return expected < 1 ? "fewer than one" : `about ${count(Math.round(expected))}`;
  }

  function headline() {
    const run = findings.run;
    const images = `${count(run.images)} image${run.images === 1 ? "" : "s"}`;
    let text;
    if (run.anomalies === undefined) {
      text = `${images} ranked by how far they are from what is normal. There is no threshold.`;
    } else if (run.anomalies === 0) {
      text = `None of ${images} is strange enough to be flagged.`;
    } else {
      text = `${count(run.anomalies)} of ${images} ${run.anomalies === 1 ? "is" : "are"} strange.`;
    }
    if (isAmongThemselves) {
      text += " Each was judged by the others. No image is known to be normal, so no rate of false alarms can be promised, and strays that are alike vouch for each other: look at the first ones in any case.";
    }
    if (findings.images.some((item) => item.pValue !== undefined)) {
      const normals = findings.scores.normals;
      const least = normals === undefined ? "" : `; with ${count(normals)} of them it cannot be below ${number(1 / (normals + 1))}`;
      byId("beside").append(` p: about this part of normal images would look at least as strange${least}.`);
    }
    if (!isByNormal) byId("beside").textContent = "Each image is shown with those nearest to it that it was judged by.";
    if (run.expectedRate !== undefined) {
      text += ` If all were normal, ${falseAlarms(run.expectedRate)} would be flagged by chance.`;
    }
    byId("headline").textContent = text;
    const fact = (name) => findings.settings.find((one) => one.name === name)?.value;
    byId("byline").textContent = [`Scored ${run.scoredAt.slice(0, 16).replace("T", " ")} UTC`,
      ...["Took", "Detector", "Backbone"].filter(fact).map((name) => `${name.toLowerCase()} ${shown(fact(name))}`)].join(", ") + ".";
    const figure = (name, value, detail) =>
      byId("figures").append(
        element("div", {}, element("dt", {}, name), element("dd", {}, value, detail ? element("small", {}, detail) : null)));
    figure("Images scored", count(run.images), run.beyondLimit
      ? `${count(run.beyondLimit)} more were not looked at, as a limit was given` : run.runDate);
    if (run.anomalies !== undefined) {
      figure("Flagged", count(run.anomalies), `scores above ${number(run.threshold)}` +
        (isAmongThemselves ? `, ${number(run.deviations)} robust deviations above the median` : ""));
      figure(isAmongThemselves ? "Part flagged" : "Alarm rate", percent(run.alarmRate.value),
        `95 % interval ${percent(run.alarmRate.low)} to ${percent(run.alarmRate.high)}`);
    }
    if (run.expectedRate !== undefined) {
      figure("Promised for normal images", percent(run.expectedRate),
        `at most ${percent(run.expectedAtMost)} with 95 % confidence`);
    }
    if (findings.quality) {
      const all = findings.quality.rows[0];
      figure("ROCAUC", percent(all.rocAuc), all.rocAucLow === undefined ? "" :
        `95 % interval ${percent(all.rocAucLow)} to ${percent(all.rocAucHigh)}`);
    }
    if (run.copies) figure("Near-duplicates", count(run.copies), "each nearly the same as another");
    if (run.rejected !== undefined) {
      figure("Without a score", count(run.rejected), run.rejected > 0 ? "see below" : run.beyondLimit ? "all that was looked at was read" : "every image was read");
    }
  }

  // Verdicts, kept in the browser where it keeps anything for files.
  const store = `dn2-verdicts/${findings.run.runId}/${findings.run.scoredAt}`;
  const verdicts = new Map();
  try {
    for (const [id, verdict] of JSON.parse(localStorage.getItem(store) ?? "[]")) verdicts.set(id, verdict);
  } catch {
    // A browser that keeps nothing, or something that is not ours: verdicts last as long as the page.
  }
  function judge(id, verdict) {
    if (verdicts.get(id)?.verdict === verdict) verdicts.delete(id);
    else verdicts.set(id, { verdict, at: new Date().toISOString() });
    try {
      localStorage.setItem(store, JSON.stringify([...verdicts]));
    } catch {
      // As above.
    }
    showCount();
  }
  const quoted = (text) => (/[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text);
  function saveVerdicts() {
    const lines = ["image_id,verdict,at"];
    for (const [id, { verdict, at }] of verdicts) lines.push([quoted(id), verdict, at].join(","));
    const url = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    const link = element("a", { href: url, download: `verdicts-${findings.run.runId.replace(/[^\w.-]/g, "_")}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  const image = (place, alt) =>
    place === undefined
      ? element("span", { className: "missing" }, "no picture")
      : element("img", { src: "data:image/jpeg;base64," + findings.pictures[place], alt, loading: "lazy" });

  /** An image's picture with its heat over it, which shows while the page is heated. */
  const heat = new Map(findings.images.map((item, place) => [item, findings.heatMaps?.overlays[place] ?? null]));
  function heated(item, alt) {
    const overlay = heat.get(item);
    if (!findings.heatMaps || item.picture === undefined) return image(item.picture, alt);
    return element("span", { className: "stack" }, image(item.picture, alt), overlay === null
      ? element("span", { className: "heat none" }, "no heat map")
      : element("img", { className: "heat", src: "data:image/png;base64," + overlay, alt: "" }));
  }

  function heatMaps() {
    if (!findings.heatMaps) return;
    byId("heat-note").textContent =
      `Each place is compared with every place of some ${isByNormal ? "normal" : "other"} images near to its image; ${count(findings.heatMaps.normals)} of these set the scale, never the image itself. `
      + "Heat shows what they do not have. It does not show what is missing, why, or all that a score is made of; and the network saw nothing outside of the colored part.";
    const buttons = document.querySelectorAll(".heat-toggle");
    for (const button of buttons) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const shows = document.body.classList.toggle("heated");
        for (const one of buttons) one.setAttribute("aria-pressed", String(shows));
        byId("heat-legend").hidden = !shows;
      });
    }
  }

  function verdictButtons(item, redraw) {
    const buttons = ["normal", "anomaly"].map((verdict) =>
      element("button", {
        type: "button",
        "data-verdict": verdict,
        "aria-pressed": String(verdicts.get(item.id)?.verdict === verdict),
        onclick: () => { judge(item.id, verdict); redraw(); },
      }, verdict));
    return element("div", { className: "verdicts", role: "group", "aria-label": `Verdict on ${shown(item.id)}` }, ...buttons);
  }

  function card(item) {
    const made = element("li", { className: item.anomaly ? "card strange" : "card" });
    const draw = () => {
      const pressed = made.contains(document.activeElement) ? document.activeElement.dataset.verdict : undefined;
      made.replaceChildren(...[
        element("button", { type: "button", className: "picture", "aria-label": `Enlarge ${shown(item.id)}`,
          onclick: () => enlarge(item) }, heated(item, "")),
        element("p", { className: "name", title: shown(item.id) }, shown(item.id)),
        element("p", { className: "score" }, element("b", {}, number(item.score)), " ",
          element("small", {}, [item.pValue === undefined ? null : `p ${number(item.pValue)}`, item.label === undefined ? null : shown(item.label)]
            .filter((part) => part !== null).join(" · "))),
        item.nearest.length === 0 ? null : element("p", { className: "near-title" }, isByNormal ? "Nearest normal, with distance" : "Nearest, with distance"),
        element("ul", { className: "near", "aria-label": `The ${nearestAre} images` },
          ...item.nearest.slice(0, 2).map((near) =>
            element("li", { title: shown(near.id) }, image(near.picture, `${nearestAre} image ${shown(near.id)}`), number(near.distance)))),
        verdictButtons(item, draw)].filter((part) => part !== null));
      if (pressed) made.querySelector(`[data-verdict="${pressed}"]`).focus();
    };
    draw();
    return made;
  }

  function enlarge(item) {
    const figure = (picture, name, detail) =>
      element("figure", {}, picture, element("figcaption", {}, shown(name), element("br"), detail));
    const detail = `score ${number(item.score)}` + (item.pValue === undefined ? "" : `, p-value ${number(item.pValue)}`);
    byId("enlarged-content").replaceChildren(
      element("div", { className: "side" }, figure(heated(item, shown(item.id)), item.id, detail),
        ...item.nearest.map((near) => figure(image(near.picture, shown(near.id)), near.id, `${isByNormal ? "normal, " : ""}at distance ${number(near.distance)}`))));
    byId("enlarged").showModal();
  }

  const stripOf = (item) => item.label ?? item.groupId ?? "";

  function chosen() {
    const kind = byId("kind").value;
    const label = byId("label").value;
    const verdict = byId("verdict").value;
    const name = byId("name").value.toLowerCase();
    const items = findings.images.filter((item) =>
      item.kinds.includes(kind)
      && (label === "" || (item.label ?? "") === label.slice(1))
      && (verdict === "" || (verdicts.get(item.id)?.verdict ?? "none") === verdict)
      && item.id.toLowerCase().includes(name));
    const order = byId("order").value;
    const ascending = order === "id" ? (a, b) => d3.ascending(a.id, b.id) : (a, b) => a.score - b.score || d3.ascending(a.id, b.id);
    items.sort(order === "-score" ? (a, b) => ascending(b, a) : ascending);
    return items;
  }

  function showCount(items = chosen()) {
    const judged = verdicts.size === 0 ? "" : ` ${count(verdicts.size)} verdict${verdicts.size === 1 ? "" : "s"}.`;
    byId("shown").textContent =
      `${count(items.length)} of ${count(findings.run.images)} images shown; the page holds ${count(findings.images.length)}.${judged}`;
    byId("export").disabled = verdicts.size === 0;
  }

  function gallery() {
    const items = chosen();
    const strips = byId("kind").value === "OF_STRIP" ? d3.group(items, stripOf) : new Map([[null, items]]);
    byId("gallery").replaceChildren(
      ...[...strips].flatMap(([label, strip]) => [
        label === null ? null : element("h3", {}, shown(label)),
        element("ul", { className: "grid" }, ...strip.map(card)),
      ]).filter((part) => part !== null));
    showCount(items);
  }

  function filters() {
    const labels = [...new Set(findings.images.map((item) => item.label).filter((label) => label !== undefined))].sort(d3.ascending);
    // Before each value one sign, so that an empty label is not "all".
    byId("label").append(...labels.map((label) => element("option", { value: "=" + label }, shown(label))));
    if (labels.length === 0) {
      byId("label").parentElement.hidden = true;
    }
    for (const kind of ["BORDER", "OF_STRIP", "COPY"]) {
      if (!findings.images.some((item) => item.kinds.includes(kind))) byId("kind").querySelector(`[value=${kind}]`).remove();
    }
    for (const id of ["kind", "label", "verdict", "order"]) byId(id).addEventListener("change", gallery);
    byId("name").addEventListener("input", gallery);
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("export").addEventListener("click", saveVerdicts);
  }

  /** A row of bars for each sort of image, over the same scores; each row has its own scale. */
  function histogram() {
    const { borders, series } = findings.scores;
    const row = series.length === 1 ? 220 : 96;
    const height = margin.top + series.length * row + margin.bottom;
    // Bars are equally wide, as the slider's steps are; the last one may reach far.
    const x = d3.scaleLinear().domain(borders)
      .range(borders.map((_, place) => margin.left + (place / (borders.length - 1)) * (width - margin.right - margin.left)));
    const reachesFar = borders.at(-1) - borders.at(-2) > 1.5 * (borders.at(-2) - borders.at(-3));
    const ticks = d3.ticks(borders[0], borders.at(reachesFar ? -2 : -1), 8);
    const svg = d3.create("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
      .attr("aria-label", `How many images have which score, from ${number(borders[0])} to ${number(borders.at(-1))}; the line is the threshold. The figures stand below the slider.`);
    series.forEach((one, place) => {
      const bottom = margin.top + (place + 1) * row;
      const y = d3.scaleLinear().domain([0, d3.max(one.counts) || 1]).range([bottom, bottom - row + 26]);
      // A single image among thousands is what one looks for: it is never too low to be seen.
      const top = (images) => (images === 0 ? bottom : Math.min(y(images), bottom - 2));
      svg.append("g").attr("class", `c${place}`).selectAll("rect").data(one.counts).join("rect")
        .attr("x", (_, bar) => x(borders[bar]) + 0.5)
        .attr("width", (_, bar) => Math.max(1, x(borders[bar + 1]) - x(borders[bar]) - 1))
        .attr("y", top).attr("height", (images) => bottom - top(images))
        .append("title").text((images, bar) => `${count(images)} from ${number(borders[bar])} to ${number(borders[bar + 1])}`);
      svg.append("g").attr("class", "axis").attr("transform", `translate(${margin.left},0)`)
        .call(d3.axisLeft(y).tickValues(y.ticks(series.length === 1 ? 5 : 2).filter(Number.isInteger)).tickFormat(d3.format("~s")));
      svg.append("line").attr("class", "base").attr("x1", margin.left).attr("x2", width - margin.right).attr("y1", bottom).attr("y2", bottom);
      svg.append("text").attr("class", "row-name").attr("x", width - margin.right).attr("y", bottom - row + 20).attr("text-anchor", "end")
        .text(`${shown(one.name)}${series.length === 1 ? "" : ": " + count(d3.sum(one.counts))}`);
    });
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - margin.bottom})`).call(d3.axisBottom(x).tickValues(ticks).tickFormat(number));
    svg.append("text").attr("x", (margin.left + width - margin.right) / 2).attr("y", height - 6).attr("text-anchor", "middle").text("score (higher is stranger)" + (reachesFar ? `; the last bar reaches ${number(borders.at(-1))}` : ""));
    svg.append("text").attr("transform", `translate(14,${(height - margin.bottom) / 2}) rotate(-90)`).attr("text-anchor", "middle").text("images");
    const line = svg.append("line").attr("class", "threshold").attr("y1", margin.top).attr("y2", height - margin.bottom);
    byId("histogram").replaceChildren(svg.node());
    return (border) => line.attr("x1", x(borders[border])).attr("x2", x(borders[border]));
  }

  function curves() {
    const points = findings.quality?.curve;
    if (!points) return () => {};
    const side = 420;
    const scale = d3.scaleLinear().domain([0, 1]);
    const draw = (title, xTitle, yTitle, xOf, yOf, band, chance) => {
      const x = scale.copy().range([margin.left, side - 24]);
      const y = scale.copy().range([side - margin.bottom, 14]);
      const svg = d3.create("svg").attr("viewBox", `0 0 ${side} ${side}`).attr("role", "img").attr("aria-label", title);
      axes(svg, d3.axisBottom(x).ticks(5, "%"), xTitle, d3.axisLeft(y).ticks(5, "%"), yTitle);
      svg.append("line").attr("class", "chance").attr("x1", x(0)).attr("x2", x(1)).attr("y1", y(chance[0])).attr("y2", y(chance[1]));
      svg.append("path").attr("class", "band").attr("d", band(x, y)(points));
      svg.append("path").attr("class", "curve").attr("d", d3.line((point) => x(xOf(point)), (point) => y(yOf(point))).curve(d3.curveLinear)(points));
      const at = svg.append("circle").attr("class", "at").attr("r", 5);
      byId("curves").append(element("figure", { className: "chart" }, svg.node(), element("figcaption", { className: "note" }, title)));
      return (threshold) => {
        const point = points.findLast((one) => one.threshold > threshold);
        at.attr("cx", x(point ? xOf(point) : 0)).attr("cy", y(point ? yOf(point) : 0)).attr("visibility", point ? "visible" : "hidden");
      };
    };
    const all = findings.quality.rows[0];
    const base = all.anomalous / (all.anomalous + all.normal);
    const movers = [
      draw(`ROC: area ${percent(all.rocAuc)}`, "normal images flagged", "anomalous images flagged",
        (point) => point.falsePositiveRate, (point) => point.truePositives.value,
        (x, y) => d3.area((point) => x(point.falsePositiveRate), (point) => y(point.truePositives.low), (point) => y(point.truePositives.high)), [0, 1]),
      draw(`Precision and recall: average precision ${percent(all.averagePrecision)}`, "anomalous images flagged (recall)", "flagged that are anomalous (precision)",
        (point) => point.truePositives.value, (point) => point.precision.value,
        (x, y) => d3.area((point) => x(point.truePositives.value), (point) => y(point.precision.low), (point) => y(point.precision.high)), [base, base]),
    ];
    return (threshold) => movers.forEach((move) => move(threshold));
  }

  function slider(moveLine, movePoints) {
    const { borders, series, expectedRates } = findings.scores;
    const input = byId("threshold");
    const fitted = findings.run.threshold === undefined ? -1 : borders.indexOf(findings.run.threshold);
    input.max = String(borders.length - 1);
    const above = (one, border) => d3.sum(one.counts.slice(border));
    const show = () => {
      const border = Number(input.value);
      moveLine(border);
      movePoints(borders[border]);
      const flagged = d3.sum(series, (one) => above(one, border));
      let text = `Above ${number(borders[border])}: ${count(flagged)} of ${count(findings.run.images)} images are flagged (${percent(flagged / findings.run.images)}).`;
      if (expectedRates) {
        text += ` Of normal images ${percent(expectedRates[border])} are expected above it: ${falseAlarms(expectedRates[border])} of ${count(findings.run.images)} if all were normal.`;
      }
      for (const one of series.filter((sort) => sort.anomalous !== undefined)) {
        text += ` ${one.anomalous ? "Found" : "False alarms"}: ${count(above(one, border))} of ${count(d3.sum(one.counts))} ${one.anomalous ? "anomalous" : "normal"} images.`;
      }
      byId("at-threshold").textContent = text;
      input.setAttribute("aria-valuetext", text);
    };
    input.addEventListener("input", show);
    byId("reset").addEventListener("click", () => { input.value = String(fitted); show(); });
    byId("reset").hidden = fitted < 0;
    input.value = String(fitted < 0 ? Math.round(borders.length / 2) : fitted);
    show();
  }

  /** Alarm rates of runs, evenly spaced: nights may be missing, and a day may have several runs. */
  function nights() {
    const runs = findings.nights;
    if (runs.length < 2) return;
    byId("nights").hidden = false;
    const height = 260;
    const x = d3.scalePoint().domain(d3.range(runs.length)).range([margin.left + 24, width - margin.right]).padding(0.5);
    const y = d3.scaleLinear().domain([0, d3.max(runs, (run) => run.alarmRate.high) || 1]).nice().range([height - margin.bottom, margin.top]);
    const every = Math.ceil(runs.length / 8);
    const svg = d3.create("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
      .attr("aria-label", `Alarm rates of ${count(runs.length)} runs from ${runs[0].date} to ${runs.at(-1).date}. The figures stand in the table below.`);
    axes(svg, d3.axisBottom(x).tickValues(d3.range(0, runs.length, every)).tickFormat((place) => runs[place].date), "night",
      d3.axisLeft(y).ticks(5).tickFormat(percent), "flagged");
    if (findings.run.expectedRate !== undefined) {
      svg.append("line").attr("class", "chance").attr("x1", margin.left).attr("x2", width - margin.right)
        .attr("y1", y(findings.run.expectedRate)).attr("y2", y(findings.run.expectedRate));
    }
    const points = svg.append("g").selectAll("g").data(runs).join("g").attr("class", (run) => (run.isThis ? "night this" : "night"));
    points.append("line").attr("x1", (_, place) => x(place)).attr("x2", (_, place) => x(place))
      .attr("y1", (run) => y(run.alarmRate.low)).attr("y2", (run) => y(run.alarmRate.high));
    points.append("circle").attr("r", 4).attr("cx", (_, place) => x(place)).attr("cy", (run) => y(run.alarmRate.value))
      .append("title").text((run) => `${run.date}: ${count(run.anomalies)} of ${count(run.images)}`);
    byId("nights-chart").replaceChildren(svg.node());
    byId("nights-table").append(table(["Date", "run", "images", "flagged", "alarm rate", "95 % interval"],
      runs.map((run) => [run.date, shown(run.runId), count(run.images), count(run.anomalies), percent(run.alarmRate.value),
        `${percent(run.alarmRate.low)} to ${percent(run.alarmRate.high)}`]), 2));
  }

  function quality() {
    if (!findings.quality) return;
    byId("quality").append(
      element("p", { className: "note" }, `Normal: ${findings.quality.normalLabels.map(shown).join(", ")}. Intervals are DeLong's, of 95 %; the bands around the curves hold each point by itself (Wilson's interval, of 95 %).`),
      table(["Anomalous", "images", "normal images", "ROCAUC", "95 % interval", "average precision", "FPR at 95 % TPR"],
        findings.quality.rows.map((row) => [row.label === undefined ? "all of them" : shown(row.label), count(row.anomalous), count(row.normal), percent(row.rocAuc),
          row.rocAucLow === undefined ? "" : `${percent(row.rocAucLow)} to ${percent(row.rocAucHigh)}`,
          percent(row.averagePrecision), percent(row.falsePositiveRateAt95Recall)])));
  }

  function rejects() {
    byId("rejected").append(
      findings.rejects.length === 0
        ? element("p", {}, findings.run.rejected === undefined ? "Not known: the page was made without the folder of embeddings." : "None: every image that was looked at was read.")
        : table(["Reason", "What to do", "Some of them", "images"], findings.rejects.map((reject) => [reject.reason, reject.advice,
            element("ul", {}, ...reject.examples.map((example) => element("li", { title: shown(example.message) }, shown(example.id)))), count(reject.images)]), 3));
  }

  async function copySettings() {
    const text = findings.settings.map((fact) => `${fact.name}: ${fact.value}`).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      byId("copied").textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(document.querySelector("#settings tbody"));
      byId("copied").textContent = "Selected; press Ctrl-C.";
    }
  }

  headline();
  filters();
  heatMaps();
  gallery();
  quality();
  slider(histogram(), curves());
  nights();
  rejects();
  byId("copy").addEventListener("click", copySettings);
})();
