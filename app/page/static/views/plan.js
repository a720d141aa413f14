// The plan at a glance: one sentence, the counts, and a card for each target.

import { h, s } from "../dom.js";
import { quarterOf } from "../bars.js";
import { card, namesOf } from "../card.js";
import { ORDER, ratingOf } from "../marks.js";
import { asOfPick, bar, dataPick, files, periodPick, pick, planPick, printed, publicationsOf } from "../picks.js";
import { link } from "../url.js";

const BEHIND = new Set(["missed", "off_track", "deteriorating", "acceleration_needed"]);
const ALWAYS = new Set(["achieved", "on_track", "acceleration_needed", "off_track", "unable_to_assess"]);

export async function load(page) {
  const { period, area } = page.choices;
  const [overview, targets, ...lists] = await Promise.all([
    page.ofPlan("/overview", { period, area }),
    page.ofPlan("/targets", { area, limit: 1000, fields: "clause_zh,clause_en" }),
    ...["/goals", "/units", "/areas", "/periods"].map((path) => page.ofPlan(path, { view: null })), publicationsOf(page), page.read("/plans", { fields: "title_zh,title_en" }),
  ]);
  const [goals, units, areas, periods, publications, plans] = lists;
  const late = latestPartial(overview.targets);
  // Who is missing in a period that cannot be assessed yet.
  const missing = late && await page.ofPlan(`/gaps/${encodeURIComponent(late.row.indicator)}`, { period: late.period, area });
  return { overview, targets, goals, units, areas, periods, publications, plans, missing };
}

export function draw(page, data) {
  const { say } = page;
  const { overview } = data;
  const rows = chosen(page, overview.targets);
  return [
    h("p", { class: "eyebrow" }, page.title(overview), page.language === "zh" ? " · " : " · ", asOf(page, overview)),
    h("h1", { class: "headline" }, headline(page, overview.targets)),
    lead(page, overview.targets),
    counts(page, overview.targets),
    picks(page, data),
    h("div", { class: "stack" }, incomplete(page, data), page.choices.group === "unit" ? null : legend(page),
      !rows.length ? h("div", { class: "panel empty" }, h("b", {}, say("no_match")), h("a", { href: link({ rating: null, area: null }) }, say("clear")))
        : page.choices.group === "unit" ? byUnit(page, data, rows)
        : h("div", { class: "goals" }, groups(page, data, rows).map((each) => group(page, each, data)))),
  ];
}

const chosen = (page, targets) => targets.filter((row) => !page.choices.rating || BEHIND.has(row.rating));

function asOf(page, overview) {
  const latest = overview.period ?? overview.targets.map((row) => row.period).filter(Boolean).sort((a, b) => quarterOf(a) - quarterOf(b)).at(-1);
  return latest ? page.say("as_of_period", { period: page.numbers.period(latest) }) : page.say("no_figures");
}

/** Stated targets by rating, in one sentence. */
function headline(page, targets) {
  const { say } = page;
  const stated = targets.filter((row) => row.commitment === "stated");
  const parts = ORDER.map((rating) => [rating, stated.filter((row) => row.rating === rating).length])
    .filter(([, count]) => count)
    .map(([rating, count]) => say("count_of", { count, rating: page.code("rating", rating).toLocaleLowerCase("en") }));
  return say("headline", { count: stated.length, parts: parts.join(page.comma) });
}

/** What is furthest behind, and how long there is. */
function lead(page, targets) {
  const { say, numbers } = page;
  const behind = targets.filter((row) => BEHIND.has(row.rating) && row.rating_index !== null && row.progress_percent !== null);
  if (!behind.length) return null;
  const worst = behind.reduce((one, other) => (other.rating_index < one.rating_index ? other : one));
  const left = quarterOf(worst.deadline) - quarterOf(worst.period);
  const [before, after] = say("furthest", { progress: numbers.percent(worst.progress_percent), asked: numbers.percent(worst.path_progress_percent) }).split("{name}");
  return h("p", { class: "lead" }, before,
    h("a", { href: link({ view: "target", indicator: worst.indicator }) }, page.name(worst, "indicator")), after,
    left > 0 ? say("left", { year: worst.deadline.slice(0, 4), count: left }) : "");
}

function counts(page, targets) {
  const { say, words } = page;
  const shown = ORDER.filter((rating) => ALWAYS.has(rating) || targets.some((row) => row.rating === rating))
    .filter((rating) => rating !== "achieved" || targets.some((row) => row.rating === rating) || !targets.some((row) => row.rating === "achieved_early"));
  const lines = ["stated", "aspirational"].map((kind) => [kind, targets.filter((row) => row.commitment === kind)]).filter(([, rows]) => rows.length);
  return h("div", { class: "counts" }, h("table", {},
    h("caption", { class: "sr" }, say("counts_caption")),
    h("thead", {}, h("tr", {}, h("td"), shown.map((rating) => h("th", { scope: "col" }, ratingOf(rating, words))))),
    h("tbody", {}, lines.map(([kind, rows]) => h("tr", { class: kind === "aspirational" ? "apart" : null },
      h("th", { scope: "row" }, say(`counts.${kind}`, { count: rows.length })),
      shown.map((rating) => {
        const count = rows.filter((row) => row.rating === rating).length;
        return h("td", { class: count ? null : "zero" }, ratingOf(rating, words, { "aria-hidden": "true" }), String(count));
      }))))));
}

function picks(page, { overview, periods, publications, plans }) {
  const { say, choices } = page;
  const series = overview.targets.flatMap((row) => row.series);
  const first = Math.min(...series.map((each) => quarterOf(each.period)));
  const known = periods.items.filter((each) => each.state !== "upcoming" && quarterOf(each.period) >= first).map((each) => each.period).reverse();
  const partial = new Set(series.filter((each) => each.flags.includes("partial_coverage")).map((each) => each.period));
  return bar(page, planPick(page, plans),
    periodPick(page, known, partial), asOfPick(page, publications),
    pick("group", say("group"), [["", say("by_goal")], ["unit", say("by_unit")]], choices.group),
    pick("rating", say("rating"), [["", say("all")], ["behind", say("behind")]], choices.rating),
    dataPick(page),
    files(page, "/gaps", {}, [printed(page, "briefing", { period: choices.period }), printed(page, "assessment")]));
}

/** The newest period, later than the one that a target is rated in, of which some areas are missing. */
function latestPartial(targets) {
  const late = targets.flatMap((row) => row.series
    .filter((each) => each.flags.includes("partial_coverage") && row.period && quarterOf(each.period) > quarterOf(row.period))
    .map((each) => ({ ...each, row })));
  return late.length ? late.reduce((one, other) => (quarterOf(other.period) > quarterOf(one.period) ? other : one)) : null;
}

function incomplete(page, { overview, areas, missing }) {
  const late = latestPartial(overview.targets);
  if (!late) return null;
  const [period, rated] = [late.period, late.row.period].map((each) => page.numbers.period(each));
  return h("p", { class: "notice is-none" }, h("b", {}, page.say("incomplete.title", { period })),
    page.say("incomplete.text", { expected: late.areas_expected, reported: late.areas_reported, period: rated, names: namesOf(page, missing.missing_areas, areas) }),
    h("a", { href: link({ view: "completeness" }, { alone: true }) }, page.say("incomplete.more")));
}

function legend(page) {
  const sample = (...shapes) => s("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, shapes);
  return h("ul", { class: "key" },
    h("li", {}, sample(s("circle", { class: "c-dot", cx: 13, cy: 6, r: 4 })), page.say("legend.latest")),
    h("li", {}, sample(s("circle", { class: "c-hollow", cx: 13, cy: 6, r: 3.5 })), page.say("legend.partial")),
    h("li", {}, sample(s("line", { class: "c-target", x1: 0, x2: 26, y1: 6, y2: 6, "stroke-dasharray": "1 3" })), page.say("legend.target")),
    h("li", {}, sample(s("rect", { class: "tick", x: 11.5, width: 3, height: 12 })), page.say("legend.path")));
}

function groups(page, { goals }, rows) {
  const known = goals.items.map((goal) => ({ code: goal.code, name: page.title(goal), rows: rows.filter((row) => row.goal === goal.code), qualitative: goal.qualitative.length }));
  const rest = rows.filter((row) => !goals.items.some((goal) => goal.code === row.goal));
  return [...known, { code: "other", name: page.say("other_targets"), rows: rest, qualitative: 0 }].filter((each) => each.rows.length);
}

function group(page, { code, name, rows, qualitative }, { targets, areas }) {
  const { say } = page;
  return h("section", { class: rows.length > 1 ? "goal span" : "goal", "aria-labelledby": `g-${code}`, id: `goal-${code}` },
    h("h2", { id: `g-${code}` }, name, h("small", {}, say("indicators", { count: rows.length }),
      qualitative ? [" · ", h("a", { href: link({ view: "document" }, { alone: true }) }, say("qualitative", { count: qualitative }))] : null)),
    h("div", { class: "stack" }, rows.map((row) => card(page, row, code, { areas, target: targets.items.find((each) => each.indicator === row.indicator) }))));
}

/** A unit answers for many targets, and a target has many units: one line for each pair. */
function byUnit(page, { units }, rows) {
  const { numbers, words, say } = page;
  const line = (row) => h("tr", {},
    h("th", { scope: "row" }, h("a", { href: link({ view: "target", indicator: row.indicator, group: null, rating: null }) }, page.name(row, "indicator"))),
    h("td", {}, ratingOf(row.rating, words)),
    h("td", { class: "num" }, row.actual === null ? page.missing(row, "actual") : page.value(row.actual, row.unit)),
    h("td", { class: "num" }, row.gap === null ? page.missing(row, "gap") : row.gap <= 0 ? say("reached") : page.value(row.gap, row.unit)),
    h("td", { class: "num" }, row.progress_percent === null ? page.missing(row, "progress_percent") : numbers.percent(row.progress_percent)),
    h("td", { class: "num" }, row.path_progress_percent === null ? page.missing(row, "path_progress_percent") : numbers.percent(row.path_progress_percent)));
  const heads = ["target_name", "rating", "actual", "gap", "progress", "path_asks"];
  return h("section", { class: "panel" }, h("h2", {}, say("by_unit")), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("by_unit") },
    h("table", { class: "grouped" },
      h("thead", {}, h("tr", {}, heads.map((name, at) => h("th", { scope: "col", class: at > 1 ? "num" : null }, say(name))))),
      units.items.map((unit) => [unit, rows.filter((row) => row.responsible_units.includes(unit.code))]).filter(([, own]) => own.length).map(([unit, own]) =>
        h("tbody", {}, h("tr", { class: "group" }, h("th", { scope: "rowgroup", colspan: heads.length }, unit[`name_${page.language}`], h("small", {}, say("targets_of", { count: own.length })))), own.map(line))))));
}
