// The course of one target: its charts, what their lines mean, and the same as a table.

import { chartsOf } from "./chart.js";
import { h, s } from "./dom.js";
import { ratingOf } from "./marks.js";

export function coursePanel(page, row) {
  const { say } = page;
  const charts = chartsOf(row, page);
  return h("section", { class: "panel" }, h("h2", {}, say("course_title")),
    h("p", { class: "sub" }, charts.length > 1 ? say("course_zoom") : null, row.projection_low === null ? null : say("course_sub")),
    charts.length ? [h("div", { class: charts.length > 1 ? "two main-side" : null }, charts), keyOf(page, row), table(page, row)]
      : h("p", { class: "muted" }, say("no_figures")));
}

function keyOf(page, row) {
  const sample = (...shapes) => s("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, shapes);
  const line = (name) => sample(s("line", { class: name, x1: 0, x2: 26, y1: 6, y2: 6 }));
  const hasPartial = row.series.some((each) => each.flags.includes("partial_coverage"));
  const lines = [
    ["actual", sample(s("line", { class: "c-actual", x1: 0, x2: 26, y1: 6, y2: 6 }), s("circle", { class: "c-dot", cx: 13, cy: 6, r: 3.2 }))],
    hasPartial && ["partial", sample(s("circle", { class: "c-hollow", cx: 13, cy: 6, r: 4 }))],
    row.path_value !== null && ["path", line("c-path")],
    row.target !== null && ["target", line("c-target")],
    row.projection !== null && ["projection", sample(s("path", { class: "c-fan", d: "M0 6 26 1v10z" }), s("line", { class: "c-proj", x1: 0, x2: 26, y1: 6, y2: 6 }))],
    row.projection !== null && row.gap > 0 && ["needed", line("c-need")],
  ];
  return h("ul", { class: "key" }, lines.filter(Boolean).map(([name, mark]) => h("li", {}, mark, page.say(`key_of.${name}`))));
}

function table(page, row) {
  const { say, numbers, words } = page;
  const column = numbers.column(row.series.flatMap((each) => [each.actual, each.path_value]).concat(row.target), row.unit);
  const cell = (each, field) => h("td", { class: "num" }, each[field] === null ? "—" : page.cell(each, field, column, row.unit));
  const heads = ["period", "actual_short", "path_short", "areas_short", "rating"];
  return h("details", { id: "table" }, h("summary", {}, say("see_table")), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("course_title") }, h("table", {},
    h("caption", {}, say("unit_is", { unit: column.name || say("number") })),
    h("thead", {}, h("tr", {}, heads.map((name, at) => h("th", { scope: "col", class: at > 0 && at < 4 ? "num" : null }, say(name))))),
    h("tbody", {}, row.series.map((each) => h("tr", {}, h("th", { scope: "row" }, numbers.period(each.period)), cell(each, "actual"), cell(each, "path_value"),
      h("td", { class: "num" }, each.areas_expected === null ? "—" : `${each.areas_reported}/${each.areas_expected}`), h("td", {}, ratingOf(each.rating, words))))),
    row.projection === null ? null : h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, say("end_of", { year: row.deadline.slice(0, 4) })),
      h("td", { class: "num" }, say("chart.projection"), " ", page.cell(row, "projection", column),
        row.projection_low === null ? null : h("small", { class: "muted" }, ` (${numbers.inColumn(row.projection_low, column)} – ${numbers.inColumn(row.projection_high, column)})`)),
      h("td", { class: "num" }, page.cell(row, "target", column)), h("td"), h("td"))))));
}
