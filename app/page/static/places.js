// The areas of one indicator: rank, share, what the year has added, growth.

import { h } from "./dom.js";
import { markOf, toneOf } from "./marks.js";
import { link } from "./url.js";

/** `rows` of gaps, ranked by the actual; `years` of tasks; `growth` ranked by the growth on a year before. */
export function placesPanel(page, row, { places, years, growth }) {
  const { say, numbers } = page;
  const isWhole = (each) => each.area === row.area;
  const rows = places.items.filter((each) => !isWhole(each) && (each.actual !== null || each.target !== null))
    .sort((one, other) => (one.rank ?? Infinity) - (other.rank ?? Infinity));
  if (!rows.length) return null;
  const yearOf = new Map(years.items.map((each) => [each.area, each]));
  const growthOf = new Map(growth.items.map((each) => [each.area, each]));
  const column = numbers.column(rows.map((each) => each.actual).concat(row.actual), row.unit);
  const hasYear = years.items.some((each) => each.year_actual !== null && each.year_actual !== places.items.find((one) => one.area === each.area)?.actual);
  const added = hasYear ? numbers.column(years.items.map((each) => each.year_actual), row.unit) : null;
  const unitOf = ({ name }) => name || say("number");
  const yearCell = (each) => (hasYear ? h("td", { class: "num" }, yearOf.get(each.area) ? page.cell(yearOf.get(each.area), "year_actual", added, row.unit) : "—") : null);
  const heads = ["rank", "area", "actual_short", "share", "share_change", ...(hasYear ? ["year_so_far"] : []), "yoy", "yoy_rank"];
  return h("section", { class: "panel" }, h("h2", {}, say("districts")), h("p", { class: "sub" }, say("districts_sub", { period: numbers.period(rows[0].period) }), basisOf(page, rows)),
    h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("districts") }, h("table", { class: "tight" },
      h("caption", {}, hasYear && added.name !== column.name ? say("places_units", { unit: unitOf(column), added: unitOf(added) }) : say("places_unit", { unit: unitOf(column) })),
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col", class: name === "area" ? null : "num" }, say(name))))),
      h("tbody", {}, rows.map((each) => h("tr", {}, h("td", { class: "num" }, each.rank ?? "—"),
        h("th", { scope: "row" }, judged(page, each), h("a", { href: link({ view: "areas", area: each.area, indicator: null }, { alone: true }) }, page.name(each, "area"))),
        h("td", { class: "num" }, page.cell(each, "actual", column)), h("td", { class: "num" }, page.percentCell(each, "share_percent")),
        h("td", { class: "num" }, each.share_change === null ? page.missing(each, "share_change") : numbers.signed(each.share_change, 1)),
        yearCell(each), h("td", { class: "num" }, growthCell(page, each)), h("td", { class: "num" }, growthOf.get(each.area)?.rank ?? "—")))),
      h("tfoot", {}, h("tr", {}, h("td"), h("th", { scope: "row" }, page.name(row, "area")), h("td", { class: "num" }, page.cell(row, "actual", column)), h("td"), h("td"),
        yearCell(row), h("td", { class: "num" }, growthCell(page, row)), h("td"))))));
}

/** The mark of a rating, whose word and gap it tells. */
function judged(page, row) {
  if (row.target === null) return null;
  const { words, numbers, say } = page;
  const word = words.codes.rating[row.rating];
  const gap = row.gap === null ? page.reason(row, "gap") : row.gap <= 0 ? say("reached") : `${say("gap")} ${numbers.text(row.gap, row.unit)}`;
  return h("span", { class: `rate ${toneOf(row.rating)} lone`, "data-tip": [word, gap].filter(Boolean).join("\n"), tabindex: 0 }, markOf(row.rating), h("span", { class: "sr" }, word));
}

function basisOf(page, rows) {
  const basis = rows.find((each) => each.yoy_basis)?.yoy_basis;
  return basis ? page.say("yoy_of", { basis: page.code("yoy_basis", basis) }) : null;
}

/** In per cent, or in units where a count is too small for one. */
export function growthCell(page, row) {
  if (row.yoy_percent !== null) return page.numbers.signedPercent(row.yoy_percent);
  if (row.yoy_change === null) return page.missing(row, "yoy_percent");
  return row.yoy_change === 0 ? page.say("unchanged") : [page.numbers.signed(row.yoy_change), page.unitAfter(row.unit)];
}
