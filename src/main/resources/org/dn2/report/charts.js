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

  return { element, byId, shown, count, number, percent, table, width, margin, axes };
})();
