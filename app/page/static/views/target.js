// One target in full: the course, who brought it about, what is needed, what would be.

import { barOf, quarterOf } from "../bars.js";
import { covered, yoy } from "../card.js";
import { firstDue, nothingYet } from "../empty.js";
import { coursePanel } from "../course.js";
import { h, s } from "../dom.js";
import { markOf, ratingOf, toneOf } from "../marks.js";
import { asOfPick, bar, dataPick, files, periodPick, printed, publicationsOf } from "../picks.js";
import { placesPanel } from "../places.js";
import { link } from "../url.js";
import { waterfallOf } from "../waterfall.js";
import { whatIfPanel } from "../whatif.js";

const OF_PLACES = "area_name_zh,area_name_en,period,actual,gap,rating,yoy_percent,yoy_change,yoy_basis,share_percent,share_change,rank,target,unit,reasons";

export const isInner = true;
export const title = (page, { row }) => page.name(row, "indicator");

export async function load(page) {
  const { indicator, period, area } = page.choices;
  const path = `/gaps/${encodeURIComponent(indicator)}`;
  const [row, definition, targets, ...lists] = await Promise.all([
    page.ofPlan(path, { period, area, from_period: "previous_year" }).catch(() => page.ofPlan(path, { period, area })),
    page.ofPlan(`/indicators/${encodeURIComponent(indicator)}`, { view: null }),
    page.ofPlan("/targets", { indicator, limit: 1000, fields: "clause_zh,clause_en" }),
    ...["/goals", "/areas", "/units"].map((each) => page.ofPlan(each, { view: null })), publicationsOf(page),
  ]);
  const asked = { indicator, period: row.period, limit: 200 };
  const [places, growth, years] = row.period === null ? [NOTHING, NOTHING, NOTHING] : await Promise.all([
    page.ofPlan("/gaps", { ...asked, rank_by: "actual", fields: OF_PLACES }),
    page.ofPlan("/gaps", { ...asked, rank_by: "yoy_percent", fields: "rank" }),
    page.ofPlan("/tasks", { ...asked, year: row.period.slice(0, 4) }),
  ]);
  const [goals, areas, units, publications] = lists;
  const begin = row.period === null ? await firstDue(page) : null;
  return { row, begin, definition, targets, goals, areas, units, publications, places, growth, years };
}

const NOTHING = { items: [] };

export function draw(page, data) {
  const { say, words } = page;
  const { row, goals } = data;
  const goal = goals.items.find((each) => each.code === row.goal);
  return [
    h("p", { class: "crumb" }, h("a", { href: link({ view: null, indicator: null, area: null }) }, say("views.plan")), goal ? ` › ${page.title(goal)}` : null),
    h("div", { class: "row status" }, ratingOf(row.rating, words), h("span", { class: "tag" }, page.code("commitment", row.commitment)),
      h("span", { class: "small muted" }, scope(page, row, data))),
    h("h1", { class: "headline" }, headline(page, row)),
    row.actual === null && row.period === null ? null : h("p", { class: "lead" }, needed(page, row)),
    picks(page, row, data),
    row.period === null ? nothingYet(page, data.begin) : keys(page, row),
    h("div", { class: "stack" }, row.period === null ? null : coursePanel(page, row),
      h("div", { class: "two near" }, contributions(page, row, data), placesPanel(page, row, data)),
      h("div", { class: "two" }, task(page, row, data), row.period === null ? null : history(page, row, data.definition)),
      h("div", { class: "two no-print" }, whatIfPanel(page, row, data.definition), definition(page, row, data)),
      h("p", { class: "print-only small" }, basis(page, row, data))),
  ];
}

function scope(page, row, { areas }) {
  const parts = [row.period ? page.say("as_of_period", { period: page.numbers.period(row.period) }) : page.reason(row, "period"), page.name(row, "area")];
  if (row.areas_expected !== null) parts.push(covered(page, row, areas));
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
  else if (row.required_rate !== null && row.achieved_rate !== null && row.path === "geometric") parts.push(say("needed.rate", { rate: numbers.percent(row.required_rate), achieved: numbers.percent(row.achieved_rate) }));
  return parts.join(page.language === "zh" ? "" : " ");
}

function picks(page, row, { publications }) {
  const known = row.series.filter((each) => each.actual !== null);
  const partial = new Set(known.filter((each) => each.flags.includes("partial_coverage")).map((each) => each.period));
  const print = h("a", { href: "#print", onclick: (event) => { event.preventDefault(); window.print(); } }, page.say("print"));
  return bar(page, periodPick(page, known.map((each) => each.period).reverse(), partial), asOfPick(page, publications), dataPick(page),
    files(page, "/gaps", { indicator: row.indicator }, [printed(page, "briefing", { period: row.period }), [print]]));
}

function keys(page, row) {
  const { say, numbers } = page;
  const one = (name, value, small) => h("div", {}, h("dt", {}, name), h("dd", {}, value, small ? h("small", {}, small) : null));
  const value = (field) => (row[field] === null ? "—" : page.value(row[field], row.unit));
  return h("dl", { class: "keys" },
    one(say("actual"), value("actual"), row.actual === null ? page.reason(row, "actual") : page.code("actual_basis", row.actual_basis)),
    one(say("target", { comparator: say(`comparators.${row.comparator}`) }), value("target"), say("end_of", { year: (row.deadline ?? "").slice(0, 4) })),
    one(say("gap"), row.gap !== null && row.gap <= 0 ? say("reached") : value("gap"), row.gap_percent === null || row.gap <= 0 ? "" : say("of_target", { percent: numbers.percent(row.gap_percent) })),
    one(say(row.path_gap < 0 ? "path_lead" : "path_gap"), row.path_gap === null ? "—" : page.value(Math.abs(row.path_gap), row.unit), row.path_gap === null ? page.reason(row, "path_gap") : say("path_value", { value: numbers.text(row.path_value, row.unit) })),
    h("div", {}, h("dt", {}, say("yoy")), yoy(page, row)),
    one(say("projection"), value("projection"), row.projection === null ? page.reason(row, "projection") : row.projected_gap === null ? "" : row.projected_gap <= 0 ? say("projected_met") : say("projected_gap", { value: numbers.text(row.projected_gap, row.unit) })));
}

function contributions(page, row, { areas }) {
  if (row.contributions.every((each) => each.change === null)) return null;
  return h("section", { class: "panel" }, h("h2", {}, page.say("contributions")),
    h("p", { class: "sub" }, row.from_period ? page.say("contributions_sub", { from: page.numbers.period(row.from_period), to: page.numbers.period(row.period) }) : page.reason(row, "from_period")),
    waterfallOf(row, areas, page));
}

/** What the year is to bring: set, or what the path asks of it. */
function task(page, row, { years }) {
  const { say, numbers, words } = page;
  const own = years.items.find((each) => each.area === row.area);
  if (!own || own.task === null) return null;
  const value = (field) => (own[field] === null ? page.missing(own, field) : page.value(own[field], own.unit));
  const facts = [["task_whole", value("task")], ["task_actual", value("year_actual")], ["task_gap", own.year_gap !== null && own.year_gap <= 0 ? say("reached") : value("year_gap")],
    ["task_estimate", own.year_elapsed_percent < 100 && own.full_year_estimate !== null ? value("full_year_estimate") : null], ["task_rating", ratingOf(own.year_rating, words)]];
  return h("section", { class: "panel" }, h("h2", {}, say("task", { year: own.year })), h("p", { class: "sub" }, say(`task_of.${own.task_source}`)),
    own.year_attainment_percent === null ? null : barOf(page, { name: say("task_done"), shown: own.year_attainment_percent, end: say("task_asked"), asked: own.seasonal_elapsed_percent ?? own.year_elapsed_percent, tone: toneOf(own.year_rating) }),
    h("dl", { class: "facts" }, facts.filter(([, told]) => told).map(([name, told]) => [h("dt", {}, say(name, { period: numbers.period(own.period) })), h("dd", {}, told)])));
}

function history(page, row, { frequency }) {
  const { say, numbers, words } = page;
  const now = quarterOf(row.period ?? "9999");
  const isAnnual = frequency === "year";
  // An annual figure belongs to the end of its year.
  const years = Map.groupBy(row.series.filter((each) => !isAnnual || each.actual !== null || quarterOf(each.period) % 4 === 3), (each) => each.period.slice(0, 4));
  const one = (each) => {
    const isAhead = quarterOf(each.period) > now && !each.flags.includes("partial_coverage");
    const covers = each.areas_expected === null ? null : say("chart.partial", { reported: each.areas_reported, expected: each.areas_expected });
    const told = [numbers.period(each.period), isAhead ? say("no_figures") : words.codes.rating[each.rating], isAhead ? null : covers].filter(Boolean).join("\n");
    return h("li", { class: isAhead ? "todo" : toneOf(each.rating), "data-tip": told }, isAhead ? s("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" }) : markOf(each.rating),
      say(isAnnual ? "whole_year" : `quarter_${each.period.split("-Q")[1] ?? 4}`), h("span", { class: "sr" }, isAhead ? say("no_figures") : words.codes.rating[each.rating]));
  };
  const since = row.rating_history.at(-1);
  return h("section", { class: "panel" }, h("h2", {}, say("history")), h("p", { class: "sub" }, say(isAnnual ? "history_years" : "history_sub"),
    since ? say("history_since", { period: numbers.period(since.from_period), rating: words.codes.rating[since.rating] }) : null),
  h("ul", { class: isAnnual ? "hist annual" : "hist" }, [...years].map(([year, points]) => h("li", {}, h("b", {}, numbers.period(year)), h("ol", {}, points.map(one))))));
}

function definition(page, row, { definition: known, targets, units }) {
  const { say, language } = page;
  const clause = clauseOf(page, row, targets);
  const responsible = row.responsible_units.map((code) => units.items.find((each) => each.code === code)?.[`name_${language}`] ?? code);
  const facts = [["definition", known[`definition_${language}`]], ["basis", row.actual_basis ? page.code("actual_basis", row.actual_basis) : null], ["unit", page.code("unit", known.unit)],
    ["frequency", known.frequency ? say(`frequency_of.${known.frequency}`) : null], ["ambiguities", known.ambiguities.map((each) => page.inLanguage(each))], ["units", responsible.length ? page.join(responsible) : say("units_none")]];
  return h("section", { class: "panel" }, h("h2", {}, say("about")), h("div", { class: "stack" }, clause ? h("blockquote", { class: "quote", lang: clause === targets.items.find((each) => each.area === row.area)?.clause_zh ? "zh-CN" : null }, clause) : null,
    h("dl", { class: "facts" }, facts.filter(([, text]) => text && text.length).map(([name, text]) => [h("dt", {}, say(`about_of.${name}`)), h("dd", {}, Array.isArray(text) ? h("ul", { class: "bullets" }, text.map((each) => h("li", {}, each))) : text)]))));
}

function clauseOf(page, row, targets) {
  const target = targets.items.find((each) => each.area === row.area);
  return target?.[`clause_${page.language}`] ?? target?.clause_zh ?? null;
}

/** Clause, basis and what is left open, in one line of a printed page. */
function basis(page, row, { definition: known, targets }) {
  const { say, words } = page;
  const parts = [["clause", clauseOf(page, row, targets)], ["about_of.basis", row.actual_basis ? page.code("actual_basis", row.actual_basis) : null],
    ["about_of.ambiguities", known.ambiguities.map((each) => page.inLanguage(each)).join(page.language === "zh" ? "；" : "; ")]];
  return parts.filter(([, text]) => text).map(([name, text]) => `${say(name)}${words.page.colon}${text}${page.language === "zh" ? "。" : ". "}`).join("");
}
