// The plan at a glance: one sentence, the counts, and a card for each target.

import { h, s } from "../dom.js";
import { quarterOf } from "../bars.js";
import { card } from "../card.js";
import { ratingOf } from "../marks.js";
import { go, link } from "../url.js";
import { address } from "../api.js";

const BEHIND = new Set(["missed", "off_track", "deteriorating", "acceleration_needed"]);
const ORDER = ["achieved", "achieved_early", "on_track", "acceleration_needed", "off_track", "deteriorating", "missed", "unable_to_assess"];
const ALWAYS = new Set(["achieved", "on_track", "acceleration_needed", "off_track", "unable_to_assess"]);

export async function load(page) {
  const { period, area } = page.choices;
  const [overview, targets, goals, units, periods, publications] = await Promise.all([
    page.ofPlan("/overview", { period, area }),
    page.ofPlan("/targets", { area, limit: 1000, fields: "clause_zh,clause_en" }),
    page.ofPlan("/goals", { view: null }),
    page.ofPlan("/units", { view: null }),
    page.ofPlan("/periods", { view: null }),
    page.ofPlan("/publications", { view: null }),
  ]);
  return { overview, targets, goals, units, periods, publications };
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
    h("div", { class: "stack" }, incomplete(page, overview.targets), legend(page),
      rows.length ? h("div", { class: "goals" }, groups(page, data, rows).map((each) => group(page, each, data.targets)))
        : h("p", { class: "notice is-none" }, say("no_match"), " ", h("a", { href: link({ rating: null, group: null }) }, say("clear")))),
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

function picks(page, { overview, periods, publications }) {
  const { say, numbers, choices } = page;
  const first = Math.min(...overview.targets.flatMap((row) => row.series.map((each) => quarterOf(each.period))));
  const known = periods.items.filter((each) => each.state !== "not_open" && quarterOf(each.period) >= first).reverse();
  return h("form", { class: "pick", "aria-label": say("filters"), onsubmit: (event) => event.preventDefault() },
    pick("period", say("period"), [["", say("latest_period")], ...known.map((each) => [each.period, numbers.period(each.period)])], choices.period),
    pick("as_of", say("as_of"), [["", say("latest")], ...publications.items.map((each) => [each.name, say("publication", { name: each.name })]), ...own(choices.as_of, publications)], choices.as_of,
      h("input", { type: "date", "aria-label": say("as_of_day"), onchange: (event) => go(link({ as_of: event.target.value })) })),
    pick("group", say("group"), [["", say("by_goal")], ["unit", say("by_unit")]], choices.group),
    pick("rating", say("rating"), [["", say("all")], ["behind", say("behind")]], choices.rating),
    h("fieldset", { class: "wide" }, h("legend", {}, say("data")), h("div", { class: "seg" },
      ["official", "provisional"].map((name) => h("label", {}, h("input", {
        type: "radio", name: "data", checked: name === (choices.data ?? "official"),
        onchange: () => go(link({ data: name === "provisional" ? name : null })) }), say(`data_${name}`))))),
    h("div", { class: "wide last small muted" }, h("span", {}, say("download")), " ",
      ["csv", "xlsx", "json"].map((format) => [h("a", { href: address(`/plans/${choices.plan}/gaps`, { format, as_of: choices.as_of, period: choices.period }), target: "_blank" }, format.toUpperCase()), " · "]),
      h("a", { href: address(`/plans/${choices.plan}/briefing`, { format: "html", as_of: choices.as_of, period: choices.period }), target: "_blank" }, say("briefing"))));
}

function own(asOf, publications) {
  return asOf && !publications.items.some((each) => each.name === asOf) ? [[asOf, asOf]] : [];
}

function pick(name, label, options, chosenValue, more = null) {
  return h("div", {}, h("label", { for: `pick-${name}` }, label),
    h("select", { id: `pick-${name}`, onchange: (event) => go(link({ [name]: event.target.value })) },
      options.map(([value, text]) => h("option", { value, selected: value === (chosenValue ?? "") }, text))), more);
}

/** A later period of which some areas are missing is named once. */
function incomplete(page, targets) {
  const late = targets.flatMap((row) => row.series.filter((each) => each.flags.includes("partial_coverage") && row.period && quarterOf(each.period) > quarterOf(row.period)).map((each) => ({ ...each, row })));
  if (!late.length) return null;
  const worst = late.reduce((one, other) => (quarterOf(other.period) > quarterOf(one.period) ? other : one));
  const period = page.numbers.period(worst.period);
  return h("p", { class: "notice is-none" }, h("b", {}, page.say("incomplete.title", { period })),
    page.say("incomplete.text", { expected: worst.areas_expected, reported: worst.areas_reported, period: page.numbers.period(worst.row.period) }));
}

function legend(page) {
  const sample = (...shapes) => s("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, shapes);
  return h("ul", { class: "key" },
    h("li", {}, sample(s("circle", { class: "c-dot", cx: 13, cy: 6, r: 4 })), page.say("legend.latest")),
    h("li", {}, sample(s("circle", { class: "c-hollow", cx: 13, cy: 6, r: 3.5 })), page.say("legend.partial")),
    h("li", {}, sample(s("line", { class: "c-target", x1: 0, x2: 26, y1: 6, y2: 6, "stroke-dasharray": "1 3" })), page.say("legend.target")),
    h("li", {}, sample(s("rect", { class: "tick", x: 11.5, width: 3, height: 12 })), page.say("legend.path")));
}

function groups(page, { goals, units }, rows) {
  if (page.choices.group === "unit") {
    return units.items.map((unit) => ({ code: unit.code, name: page.language === "zh" ? unit.name_zh : unit.name_en, rows: rows.filter((row) => row.responsible_units.includes(unit.code)), qualitative: 0 }))
      .filter((each) => each.rows.length);
  }
  const known = goals.items.map((goal) => ({ code: goal.code, name: page.title(goal), rows: rows.filter((row) => row.goal === goal.code), qualitative: goal.qualitative.length }));
  const rest = rows.filter((row) => !goals.items.some((goal) => goal.code === row.goal));
  return [...known, { code: "other", name: page.say("other_targets"), rows: rest, qualitative: 0 }].filter((each) => each.rows.length);
}

function group(page, { code, name, rows, qualitative }, targets) {
  const { say } = page;
  return h("section", { class: rows.length > 1 ? "goal span" : "goal", "aria-labelledby": `g-${code}`, id: `goal-${code}` },
    h("h2", { id: `g-${code}` }, name, h("small", {}, say("indicators", { count: rows.length }),
      qualitative ? [" · ", h("a", { href: link({ view: "document" }, { alone: true }) }, say("qualitative", { count: qualitative }))] : null)),
    h("div", { class: "stack" }, rows.map((row) => card(page, row, code, targets.items.find((each) => each.indicator === row.indicator)))));
}
