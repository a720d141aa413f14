// One target as a card: what it is, its figures, and its course.

import { progressOf, sparklineOf } from "./bars.js";
import { h } from "./dom.js";
import { ratingOf } from "./marks.js";
import { link } from "./url.js";

const SMALL = 30;

/** `row` of the overview, its `target` with the clause, and the `areas` by name. */
export function card(page, row, group_code, { target, areas }) {
  const clause = target?.[`clause_${page.language}`] ?? target?.clause_zh;
  const { say, words } = page;
  const id = `n-${group_code}-${row.indicator}`;
  return h("article", { class: row.provisional ? "card pending" : "card", "aria-labelledby": id, id: `card-${id}` }, h("div", { class: "in" },
    h("div", { class: "id" },
      h("div", { class: "tags" }, ratingOf(row.rating, words),
        row.commitment === "aspirational" ? h("span", { class: "tag" }, page.code("commitment", "aspirational")) : null,
        row.provisional ? h("span", { class: "tag" }, say("pending")) : null),
      h("h3", { id }, h("a", { href: link({ view: "target", indicator: row.indicator }) }, page.name(row, "indicator"))),
      row.baseline === null && row.actual !== null ? h("p", { class: "small muted" }, say("no_baseline")) : null,
      h("p", { class: "cov" }, coverage(page, row, areas).map((each) => h("span", {}, each))),
      clause ? h("details", {}, h("summary", {}, say("clause")), h("blockquote", {}, clause)) : null),
    figures(page, row),
    h("div", { class: "track-col" }, row.actual === null ? null : [progressOf(row, page), sparklineOf(row, page)])));
}

/** Period, which areas are missing, and how old what is carried forward is. */
function coverage(page, row, areas) {
  const { say, numbers } = page;
  if (row.actual === null) return [row.period ? numbers.period(row.period) : "", page.reason(row, "actual")].filter(Boolean);
  const parts = [numbers.period(row.period)];
  if (row.areas_expected !== null) parts.push(covered(page, row, areas), say("none_carried"));
  if (row.areas_carried_forward) parts.splice(-1, 1, say("carried", { count: row.areas_carried_forward, quarters: row.data_age_quarters }));
  return parts;
}

/** All areas, or which ones are missing. */
export function covered(page, row, areas) {
  if (row.areas_reported === 0) return page.say("areas_zero", { expected: row.areas_expected });
  const facts = { reported: row.areas_reported, expected: row.areas_expected, names: namesOf(page, row.missing_areas, areas) };
  return page.say(row.missing_areas.length ? "areas_missing" : "areas_all", facts);
}

export function namesOf(page, codes, areas) {
  return page.join(codes.map((code) => areas.items.find((each) => each.code === code)?.[`name_${page.language}`] ?? code));
}

/** Actual, target, gap and the change on a year before. */
function figures(page, row) {
  const { say, numbers } = page;
  const basis = row.actual_basis ? page.code("actual_basis", row.actual_basis) : "";
  const year = say("end_of", { year: row.deadline?.slice(0, 4) ?? "" });
  const target = row.target === null ? page.reason(row, "target")
    : row.target_high === null ? page.value(row.target, row.unit) : [page.value(row.target, row.unit), "–", page.value(row.target_high, row.unit)];
  const isMet = row.gap !== null && row.gap <= 0 && ["achieved", "achieved_early"].includes(row.rating);
  return h("dl", { class: "figs" },
    h("div", { class: "lead-fig" }, h("dt", {}, say("actual")), h("dd", {}, row.actual === null ? "—" : page.value(row.actual, row.unit), h("small", {}, row.actual === null ? page.reason(row, "actual") : basis))),
    h("div", {}, h("dt", {}, say("target", { comparator: page.say(`comparators.${row.comparator}`) })), h("dd", {}, target, h("small", {}, year))),
    h("div", {}, h("dt", {}, say("gap")), row.gap === null ? nothing(page, row, "gap")
      : isMet ? h("dd", {}, say("reached"), h("small", {}, metBy(page, row))) : h("dd", {}, page.value(row.gap, row.unit), row.gap_percent === null ? null : h("small", {}, say("of_target", { percent: numbers.percent(row.gap_percent) })))),
    h("div", {}, h("dt", {}, say("yoy")), yoy(page, row)));
}

const metBy = (page, row) => (row.target === null ? "" : page.say("met_target", { comparator: page.say(`comparators.${row.comparator}`), value: page.numbers.text(row.target, row.unit) }));

/** In units where the counts are small, else in percent. */
export function yoy(page, row) {
  const { numbers } = page;
  const basis = row.yoy_basis ? h("small", {}, page.code("yoy_basis", row.yoy_basis)) : null;
  if (row.yoy_percent !== null && !(Math.abs(row.yoy_change) < SMALL && row.reasons?.yoy_percent)) return h("dd", {}, numbers.signedPercent(row.yoy_percent), basis);
  if (row.yoy_change !== null) return h("dd", {}, row.yoy_change === 0 ? page.say("unchanged") : [numbers.signed(row.yoy_change), page.unitAfter(row.unit)], basis);
  return nothing(page, row, "yoy_percent");
}

/** A dash with its reason, which is said once where there is no figure at all. */
function nothing(page, row, field) {
  return h("dd", {}, page.missing(row, field), row.actual === null ? null : h("small", {}, page.reason(row, field)));
}
