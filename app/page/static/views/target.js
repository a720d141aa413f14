// One target in full: the course, who brought it about, what is needed, what would be.

import { address, write } from "../api.js";
import { chartOf, keyOf } from "../chart.js";
import { h } from "../dom.js";
import { markOf, ratingOf, toneOf } from "../marks.js";
import { go, link } from "../url.js";
import { waterfallOf } from "../waterfall.js";
import { quarterOf } from "../bars.js";
import { yoy } from "../card.js";

export const isInner = true;
export const title = (page, { row }) => page.name(row, "indicator");

export async function load(page) {
  const { indicator, period, area } = page.choices;
  const path = `/gaps/${encodeURIComponent(indicator)}`;
  const [row, definition, targets, goals, areas, places] = await Promise.all([
    page.ofPlan(path, { period, area, from_period: "previous_year" }).catch(() => page.ofPlan(path, { period, area })),
    page.ofPlan(`/indicators/${encodeURIComponent(indicator)}`, { view: null }),
    page.ofPlan("/targets", { indicator, limit: 1000, fields: "clause_zh,clause_en" }),
    page.ofPlan("/goals", { view: null }),
    page.ofPlan("/areas", { view: null }),
    page.ofPlan("/gaps", { indicator, period, common_period: period ? null : true, rank_by: "actual", limit: 200,
      fields: "area_name_zh,area_name_en,period,actual,gap,gap_percent,rating,yoy_percent,yoy_change,yoy_basis,share_percent,share_change,rank,target,unit,reasons" }),
  ]);
  return { row, definition, targets, goals, areas, places };
}

export function draw(page, data) {
  const { say, words } = page;
  const { row, goals } = data;
  const goal = goals.items.find((each) => each.code === row.goal);
  return [
    h("p", { class: "crumb" }, h("a", { href: link({ view: null, indicator: null, area: null }) }, say("views.plan")), goal ? ` › ${page.title(goal)}` : null),
    h("div", { class: "row status" }, ratingOf(row.rating, words), h("span", { class: "tag" }, page.code("commitment", row.commitment)),
      h("span", { class: "small muted" }, scope(page, row))),
    h("h1", { class: "headline" }, headline(page, row)),
    h("p", { class: "lead" }, needed(page, row)),
    picks(page, row),
    keys(page, row),
    h("div", { class: "stack" }, course(page, row),
      h("div", { class: "two near" }, contributions(page, row, data), districts(page, row, data)),
      h("div", { class: "two" }, history(page, row), whatIf(page, row)),
      definition(page, row, data)),
  ];
}

function scope(page, row) {
  const parts = [row.period ? page.say("as_of_period", { period: page.numbers.period(row.period) }) : page.reason(row, "period"), page.name(row, "area")];
  if (row.areas_expected !== null) parts.push(row.missing_areas.length ? page.say("areas_missing", { count: row.missing_areas.length, expected: row.areas_expected }) : page.say("areas_all", { expected: row.areas_expected }));
  parts.push(page.say(row.provisional ? "pending" : "official"));
  return parts.filter(Boolean).join(" · ");
}

function headline(page, row) {
  const { say, numbers } = page;
  const facts = { name: page.name(row, "indicator"), progress: numbers.percent(row.progress_percent), points: row.progress_percent === null || row.path_progress_percent === null ? "" : numbers.fixed(Math.abs(row.progress_percent - row.path_progress_percent), 1) };
  if (row.actual === null) return say("target_headline.nothing", facts);
  if (row.progress_percent === null || !facts.points) return say("target_headline.gap", { ...facts, actual: numbers.text(row.actual, row.unit) });
  const ahead = row.progress_percent - row.path_progress_percent;
  return say(Math.abs(ahead) < 0.05 ? "target_headline.even" : ahead > 0 ? "target_headline.ahead" : "target_headline.behind", facts);
}

/** What is needed from here, against the best so far. */
function needed(page, row) {
  const { say, numbers } = page;
  if (row.actual === null) return page.reason(row, "actual");
  const parts = [say("so_far", { period: numbers.period(row.period), actual: numbers.text(row.actual, row.unit), basis: page.code("actual_basis", row.actual_basis),
    comparator: say(`comparators.${row.comparator}`), target: numbers.text(row.target, row.unit), year: (row.deadline ?? "").slice(0, 4) })];
  if (row.required_per_quarter !== null) parts.push(say(`needed.${row.reachability}`, { count: quarterOf(row.deadline) - quarterOf(row.period), needed: numbers.text(row.required_per_quarter, row.unit), best: numbers.text(row.best_per_quarter, row.unit) }));
  else if (row.required_rate !== null && row.path === "geometric") parts.push(say("needed.rate", { rate: numbers.percent(row.required_rate), achieved: numbers.percent(row.achieved_rate) }));
  return parts.join(page.language === "zh" ? "" : " ");
}

function picks(page, row) {
  const { say, numbers, choices } = page;
  const periods = row.series.filter((each) => each.actual !== null).map((each) => each.period).reverse();
  const path = `/plans/${choices.plan}/gaps`;
  const query = { indicator: row.indicator, as_of: choices.as_of };
  return h("form", { class: "pick no-print", "aria-label": say("filters"), onsubmit: (event) => event.preventDefault() },
    h("div", {}, h("label", { for: "pick-period" }, say("period")), h("select", { id: "pick-period", onchange: (event) => go(link({ period: event.target.value })) },
      h("option", { value: "", selected: !choices.period }, say("latest_period")), periods.map((each) => h("option", { value: each, selected: each === choices.period }, numbers.period(each))))),
    h("div", { class: "wide last small muted" }, h("span", {}, say("download")), " ",
      ["csv", "xlsx", "json"].map((format) => [h("a", { href: address(path, { ...query, format }), target: "_blank" }, format.toUpperCase()), " · "]),
      h("a", { href: "#print", onclick: (event) => { event.preventDefault(); print(); } }, say("print"))));
}

function keys(page, row) {
  const { say, numbers } = page;
  const one = (name, value, small) => h("div", {}, h("dt", {}, name), h("dd", {}, value, small ? h("small", {}, small) : null));
  const value = (field) => (row[field] === null ? "—" : page.value(row[field], row.unit));
  return h("dl", { class: "keys" },
    one(say("actual"), value("actual"), row.actual === null ? page.reason(row, "actual") : page.code("actual_basis", row.actual_basis)),
    one(say("target", { comparator: say(`comparators.${row.comparator}`) }), value("target"), say("end_of", { year: (row.deadline ?? "").slice(0, 4) })),
    one(say("gap"), row.gap !== null && row.gap <= 0 ? say("reached") : value("gap"), row.gap_percent === null || row.gap <= 0 ? "" : say("of_target", { percent: numbers.percent(row.gap_percent) })),
    one(say("path_gap"), value("path_gap"), row.path_gap === null ? page.reason(row, "path_gap") : say("path_value", { value: numbers.text(row.path_value, row.unit) })),
    h("div", {}, h("dt", {}, say("yoy")), yoy(page, row)),
    one(say("projection"), value("projection"), row.projection === null ? page.reason(row, "projection") : say("projected_gap", { value: numbers.text(row.projected_gap, row.unit) })));
}

function course(page, row) {
  const chart = chartOf(row, page);
  return h("section", { class: "panel" }, h("h2", {}, page.say("course_title")), h("p", { class: "sub" }, page.say("course_sub")),
    chart ? [chart, keyOf(page), table(page, row)] : h("p", { class: "muted" }, page.say("no_figures")));
}

function table(page, row) {
  const { say, numbers, words } = page;
  const cell = (value) => h("td", { class: "num" }, value === null ? h("span", { class: "unk" }, "—") : page.value(value, row.unit));
  return h("details", { id: "table" }, h("summary", {}, say("see_table")), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("course_title") }, h("table", {},
    h("thead", {}, h("tr", {}, ["period", "actual_short", "path_short", "areas_short", "rating"].map((name, at) => h("th", { scope: "col", class: at > 0 && at < 4 ? "num" : null }, say(name))))),
    h("tbody", {}, row.series.map((each) => h("tr", {}, h("th", { scope: "row" }, numbers.period(each.period)), cell(each.actual), cell(each.path_value),
      h("td", { class: "num" }, each.areas_expected === null ? "—" : `${each.areas_reported}/${each.areas_expected}`), h("td", {}, ratingOf(each.rating, words))))))));
}

function contributions(page, row, { areas }) {
  if (!row.contributions.length) return null;
  return h("section", { class: "panel" }, h("h2", {}, page.say("contributions")),
    h("p", { class: "sub" }, row.from_period ? page.say("contributions_sub", { from: page.numbers.period(row.from_period), to: page.numbers.period(row.period) }) : page.reason(row, "from_period")),
    waterfallOf(row, areas, page));
}

function districts(page, row, { places }) {
  const { say, numbers, words } = page;
  const rows = places.items.filter((each) => each.area !== row.area).sort((one, other) => (one.rank ?? Infinity) - (other.rank ?? Infinity));
  if (!rows.length) return null;
  return h("section", { class: "panel" }, h("h2", {}, say("districts")), h("p", { class: "sub" }, say("districts_sub", { period: numbers.period(rows[0].period) })),
    h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("districts") }, h("table", { class: "tight" },
      h("thead", {}, h("tr", {}, ["rank", "area", "actual_short", "share", "yoy", "gap", "rating"].map((name) => h("th", { scope: "col", class: name === "area" || name === "rating" ? null : "num" }, say(name))))),
      h("tbody", {}, rows.map((each) => h("tr", {}, h("td", { class: "num" }, each.rank ?? "—"),
        h("th", { scope: "row" }, h("a", { href: link({ view: "areas", area: each.area, indicator: null }, { alone: true }) }, page.name(each, "area"))),
        h("td", { class: "num", title: page.reason(each, "actual") }, each.actual === null ? "—" : page.value(each.actual, each.unit)), h("td", { class: "num" }, numbers.percent(each.share_percent)),
        h("td", { class: "num" }, each.yoy_percent === null ? "—" : numbers.signedPercent(each.yoy_percent)), h("td", { class: "num" }, each.gap === null ? "—" : page.value(each.gap, each.unit)),
        h("td", {}, each.target === null ? h("span", { class: "muted small" }, page.code("null_reason", "no_target")) : ratingOf(each.rating, words))))))));
}

function history(page, row) {
  const { say, numbers, words } = page;
  const years = new Map();
  for (const each of row.series.filter((one) => quarterOf(one.period) <= quarterOf(row.period ?? "9999"))) years.set(each.period.slice(0, 4), [...(years.get(each.period.slice(0, 4)) ?? []), each]);
  return h("section", { class: "panel" }, h("h2", {}, say("history")), h("ul", { class: "hist" }, [...years].map(([year, points]) => h("li", {}, h("b", {}, year),
    h("ol", {}, points.map((each) => h("li", { class: toneOf(each.rating), title: `${numbers.period(each.period)} ${words.codes.rating[each.rating]}` }, markOf(each.rating), `Q${each.period.split("-Q")[1] ?? 4}`, h("span", { class: "sr" }, words.codes.rating[each.rating]))))))));
}

/** What the row would be with another growth to the deadline: asked of the API as it is moved. */
function whatIf(page, row) {
  const { say, numbers, words, choices } = page;
  if (row.actual === null || !row.deadline || quarterOf(row.deadline) <= quarterOf(row.period)) return null;
  const output = h("output", { for: "growth", id: "would-be" }, "");
  let turn = 0;
  const ask = async (event) => {
    const mine = ++turn;
    const percent = Number(event.target.value);
    const { answer } = await write("POST", `/plans/${choices.plan}/scenarios`, { language: page.language, content: { growth: [{ indicator: row.indicator, area: row.area, percent }] } });
    const found = answer.items.find((each) => each.indicator === row.indicator && each.area === row.area);
    if (mine === turn && found) output.replaceChildren(`${numbers.signed(percent, 0)}%${words.page.colon}`, numbers.text(found.actual, row.unit), " ", ratingOf(found.rating, words));
  };
  return h("section", { class: "panel what no-print" }, h("h2", {}, say("what_if")), h("p", { class: "sub" }, say("what_if_sub")),
    h("label", { for: "growth" }, say("growth")), h("input", { id: "growth", type: "range", min: -20, max: 60, step: 1, value: 10, onchange: (event) => ask(event).catch(() => output.replaceChildren(say("failed"))) }),
    h("div", { class: "scale" }, h("span", {}, "−20%"), h("span", {}, "+60%")), h("p", {}, output));
}

function definition(page, row, { definition: known, targets }) {
  const { say, language } = page;
  const target = targets.items.find((each) => each.area === row.area);
  const facts = [["definition", known[`definition_${language}`]], ["clause", target?.[`clause_${language}`] ?? target?.clause_zh], ["unit", page.code("unit", known.unit)], ["frequency", known.frequency ? say(`frequency_of.${known.frequency}`) : null], ["ambiguities", known.ambiguities]];
  return h("section", { class: "panel" }, h("h2", {}, say("about")), h("dl", { class: "facts" }, facts.filter(([, text]) => text && text.length).map(([name, text]) => [h("dt", {}, say(name)), h("dd", {}, Array.isArray(text) ? h("ul", { class: "bullets" }, text.map((each) => h("li", {}, each))) : text)])));
}
