// Every target in every area at one glance, and one area's own page.

import { loadArea, drawArea } from "../area.js";
import { h } from "../dom.js";
import { markOf, ORDER, ratingOf, toneOf } from "../marks.js";
import { asOfPick, bar, dataPick, files, periodPick, printed, publicationsOf } from "../picks.js";
import { link } from "../url.js";

const FIELDS = "indicator_name_zh,indicator_name_en,area_name_zh,area_name_en,period,rating,progress_percent,attainment_percent,target,actual,gap,unit,reasons";

export const title = (page, { areas }) => nameOf(page, areas.items.find((each) => each.code === page.choices.area)) || page.say("views.areas");

export async function load(page) {
  const { area, period } = page.choices;
  const [areas, indicators, periods, publications] = await Promise.all([
    ...["/areas", "/indicators", "/periods"].map((path) => page.ofPlan(path, { view: null })), publicationsOf(page)]);
  const shared = { areas, indicators, periods, publications };
  if (area) return { ...shared, ...await loadArea(page) };
  const [table, completeness] = await Promise.all([page.ofPlan("/gaps", { period, limit: 1000, fields: FIELDS }), page.ofPlan("/completeness", { view: null })]);
  return { ...shared, table, completeness };
}

export function draw(page, data) {
  const due = new Set(data.completeness.by_period.filter((each) => each.expected).map((each) => each.code));
  const known = data.periods.items.filter((each) => due.has(each.period)).map((each) => each.period).reverse();
  const picks = (...more) => bar(page, periodPick(page, known), asOfPick(page, data.publications), dataPick(page), ...more);
  return data.overview ? drawArea(page, data, picks) : all(page, data, picks);
}

const nameOf = (page, each) => each?.[`name_${page.language}`] ?? "";

function all(page, { areas, indicators, table, completeness }, picks) {
  const { say, words } = page;
  const rows = new Map(table.items.map((each) => [`${each.area} ${each.indicator}`, each]));
  const judged = table.items.filter((each) => each.target !== null);
  const shown = indicators.items.filter((each) => judged.some((row) => row.indicator === each.code));
  const reporting = new Map(completeness.by_area.map((each) => [each.code, each]));
  const counted = ORDER.map((rating) => [rating, judged.filter((row) => row.rating === rating).length]).filter(([, count]) => count);
  const parts = counted.map(([rating, count]) => say("count_of", { count, rating: page.code("rating", rating).toLocaleLowerCase("en") }));
  return [
    h("h1", { class: "headline" }, say("areas.headline", { areas: new Set(judged.map((row) => row.area)).size, count: judged.length, parts: parts.join(page.comma) })),
    h("p", { class: "lead" }, say("areas.lead")),
    picks(files(page, "/gaps", {}, [printed(page, "briefing", { period: page.choices.period })])),
    h("ul", { class: "key" }, counted.map(([rating]) => h("li", {}, ratingOf(rating, words)))),
    h("section", { class: "panel" }, h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("views.areas") }, h("table", { class: "heat" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("area")), shown.map((each) => h("th", { scope: "col" }, h("a", { href: link({ view: "target", indicator: each.code, area: null }) }, nameOf(page, each)))), h("th", { scope: "col", class: "num" }, say("areas.reported")))),
      h("tbody", {}, areas.items.map((area) => h("tr", { class: area.parent === null ? "whole" : null }, h("th", { scope: "row" }, h("a", { href: link({ area: area.code }) }, nameOf(page, area))),
        shown.map((each) => cell(page, rows.get(`${area.code} ${each.code}`))), reported(page, reporting.get(area.code)))))))),
  ];
}

/** How far it is, in the tone and with the mark of its rating; the rest is told. */
function cell(page, row) {
  const { say, numbers, words } = page;
  if (!row || row.target === null) return h("td", { class: "muted", "data-tip": page.code("null_reason", "no_target") }, "—");
  const share = row.progress_percent ?? row.attainment_percent;
  const told = [words.codes.rating[row.rating], numbers.period(row.period), `${say("actual_short")} ${numbers.text(row.actual, row.unit)}`,
    `${say("chart.target")} ${numbers.text(row.target, row.unit)}`, row.gap === null ? page.reason(row, "gap") : row.gap <= 0 ? say("reached") : `${say("gap")} ${numbers.text(row.gap, row.unit)}`];
  return h("td", { class: toneOf(row.rating), "data-tip": told.filter(Boolean).join("\n"), tabindex: 0 },
    h("span", { class: "row nw" }, markOf(row.rating), h("span", { class: "sr" }, words.codes.rating[row.rating]), share === null ? null : numbers.percent(share)));
}

function reported(page, counts) {
  if (!counts?.expected) return h("td", { class: "num muted" }, "—");
  return h("td", { class: "num", "data-tip": page.say("completeness.told", { expected: counts.expected, reported: counts.reported, on_time: counts.on_time, overdue: counts.overdue }) },
    page.numbers.percent(counts.reporting_percent));
}
