// Every indicator in every area at one glance, and one area's own page.

import { h } from "../dom.js";
import { ratingOf, toneOf, markOf } from "../marks.js";
import { link } from "../url.js";
import { card } from "../card.js";

export async function load(page) {
  const { area, period } = page.choices;
  const [areas, indicators] = await Promise.all(["/areas", "/indicators"].map((path) => page.ofPlan(path, { view: null })));
  if (!area) {
    const table = await page.ofPlan("/gaps", { period, limit: 1000, fields: "indicator_name_zh,indicator_name_en,area_name_zh,area_name_en,period,rating,progress_percent,attainment_percent,target,actual,unit,reasons" });
    return { areas, indicators, table };
  }
  const [overview, figures, targets, completeness] = await Promise.all([
    page.ofPlan("/overview", { area, period }),
    page.ofPlan("/gaps", { area, period, limit: 1000, fields: "indicator_name_zh,indicator_name_en,period,actual,actual_basis,unit,yoy_percent,share_percent,rank,rank_of,reasons" }), page.ofPlan("/targets", { area, limit: 1000, fields: "clause_zh,clause_en" }), page.ofPlan("/completeness", { area, view: null })]);
  return { areas, indicators, overview, figures, targets, completeness };
}

export const draw = (page, data) => (data.overview ? one(page, data) : all(page, data));

const nameOf = (page, each) => each?.[`name_${page.language}`] ?? "";

function all(page, { areas, indicators, table }) {
  const { say, numbers, words } = page;
  const rows = new Map(table.items.map((each) => [`${each.area} ${each.indicator}`, each]));
  const cell = (each) => {
    if (!each || each.target === null) return h("td", { class: "muted", title: page.code("null_reason", "no_target") }, "—");
    const share = each.progress_percent ?? each.attainment_percent;
    const told = `${words.codes.rating[each.rating]}${page.comma}${numbers.percent(share)}${page.comma}${numbers.period(each.period)}`;
    return h("td", { class: toneOf(each.rating), title: told }, h("span", { class: "row nw" }, markOf(each.rating), h("span", { class: "sr" }, words.codes.rating[each.rating]), numbers.percent(share)));
  };
  return [
    h("h1", { class: "headline" }, say("areas.headline", { areas: areas.items.length - 1, indicators: indicators.items.length })),
    h("p", { class: "lead" }, say("areas.lead")),
    h("section", { class: "panel" }, h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("views.areas") }, h("table", { class: "heat" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("area")), indicators.items.map((each) => h("th", { scope: "col" }, nameOf(page, each))))),
      h("tbody", {}, areas.items.map((area) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: link({ area: area.code }) }, nameOf(page, area))),
        indicators.items.map((each) => cell(rows.get(`${area.code} ${each.code}`))))))))),
    h("ul", { class: "key" }, ["on_track", "acceleration_needed", "off_track", "unable_to_assess"].map((each) => h("li", {}, ratingOf(each, words)))),
  ];
}

function one(page, { areas, indicators, overview, figures, targets, completeness }) {
  const { say, numbers } = page;
  const area = areas.items.find((each) => each.code === overview.area);
  const names = new Map(indicators.items.map((each) => [each.code, nameOf(page, each)]));
  const { outstanding, total } = completeness;
  return [
    h("p", { class: "crumb" }, h("a", { href: link({ area: null }) }, say("views.areas")), ` › ${nameOf(page, area)}`),
    h("h1", { class: "headline" }, say("areas.one", { name: nameOf(page, area), reported: total.reported, expected: total.expected })),
    area?.[`role_${page.language}`] ? h("p", { class: "lead" }, area[`role_${page.language}`]) : null,
    h("div", { class: "stack" },
      outstanding.length ? h("section", { class: "notice is-warn" }, h("p", {}, say("areas.outstanding", { count: outstanding.length })),
        h("ul", { class: "bullets" }, outstanding.slice(-8).map((each) => h("li", {}, `${numbers.period(each.period)}${page.words.page.colon}${names.get(each.indicator)}${page.comma}${say("areas.due", { day: numbers.day(each.due_on) })}`)))) : null,
      overview.targets.map((row) => card(page, row, "area", targets.items.find((each) => each.indicator === row.indicator))),
      figuresOf(page, figures.items),
      h("p", {}, h("a", { href: link({ view: "report", area: overview.area }, { alone: true }) }, say("areas.report")))),
  ];
}

/** The area's figures, with or without a target. */
function figuresOf(page, rows) {
  const { say, numbers } = page;
  const line = (each) => h("tr", {}, h("th", { scope: "row" }, page.name(each, "indicator")), h("td", {}, each.period ? numbers.period(each.period) : "—"),
    h("td", { class: "num", title: page.reason(each, "actual") }, each.actual === null ? "—" : page.value(each.actual, each.unit)), h("td", {}, each.actual_basis ? page.code("actual_basis", each.actual_basis) : ""),
    h("td", { class: "num" }, each.yoy_percent === null ? "—" : numbers.signedPercent(each.yoy_percent)), h("td", { class: "num" }, numbers.percent(each.share_percent)), h("td", { class: "num" }, each.rank === null ? "—" : `${each.rank}/${each.rank_of}`));
  return h("section", { class: "panel" }, h("h2", {}, say("areas.figures")), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("areas.figures") }, h("table", {},
    h("thead", {}, h("tr", {}, ["indicator", "period", "actual", "basis", "yoy", "share", "rank"].map((name) => h("th", { scope: "col", class: ["actual", "yoy", "share", "rank"].includes(name) ? "num" : null }, say(`column.${name}`))))),
    h("tbody", {}, rows.map(line)))));
}
