// One area's own page: its targets, what it owes and got back, the tasks of its year, and its figures.

import { key, Problem } from "./api.js";
import { barOf, quarterOf } from "./bars.js";
import { card } from "./card.js";
import { h } from "./dom.js";
import { ORDER, ratingOf, toneOf } from "./marks.js";
import { files } from "./picks.js";
import { growthCell } from "./places.js";
import { link } from "./url.js";

const FIELDS = "indicator_name_zh,indicator_name_en,period,actual,actual_basis,unit,yoy_percent,yoy_change,share_percent,rank,rank_of,reasons";

export async function loadArea(page) {
  const { area, period } = page.choices;
  const [overview, figures, targets, completeness, returned] = await Promise.all([
    page.ofPlan("/overview", { area, period }),
    page.ofPlan("/gaps", { area, period, limit: 1000, fields: FIELDS }),
    page.ofPlan("/targets", { area, limit: 1000, fields: "clause_zh,clause_en" }),
    page.ofPlan("/completeness", { area, view: null }), loadReturned(page, area)]);
  const year = yearOf(overview, period);
  const tasks = year && await page.ofPlan("/tasks", { area, year, period: period?.startsWith(year) ? period : null, limit: 200 });
  return { overview, figures, targets, completeness, returned, tasks };
}

/** What was returned is for those with a key alone; null for others. */
async function loadReturned(page, area) {
  if (!key.get()) return null;
  try {
    return await page.ofPlan("/reports", { area, status: "returned", view: null, as_of: null, limit: 20, fields: "period,submitted_at,decisions" });
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 403) return null;
    throw problem;
  }
}

function yearOf({ targets }, period) {
  const latest = period ?? targets.map((row) => row.period).filter(Boolean).sort((one, other) => quarterOf(one) - quarterOf(other)).at(-1);
  return latest?.slice(0, 4) ?? null;
}

export function drawArea(page, data, picks) {
  const { say } = page;
  const { areas, indicators, overview, figures, targets, completeness } = data;
  const area = areas.items.find((each) => each.code === overview.area);
  const nameOf = (each) => each?.[`name_${page.language}`] ?? "";
  const names = new Map(indicators.items.map((each) => [each.code, nameOf(each)]));
  const counted = ORDER.map((rating) => [rating, overview.targets.filter((row) => row.rating === rating).length]).filter(([, count]) => count);
  const parts = counted.map(([rating, count]) => say("count_of", { count, rating: page.code("rating", rating).toLocaleLowerCase("en") }));
  const { total } = completeness;
  return [
    h("p", { class: "crumb" }, h("a", { href: link({ area: null }) }, say("views.areas")), ` › ${nameOf(area)}`),
    h("h1", { class: "headline" }, overview.targets.length ? say("areas.one", { name: nameOf(area), count: overview.targets.length, parts: parts.join(page.comma) }) : say("areas.none", { name: nameOf(area) })),
    area?.[`role_${page.language}`] ? h("p", { class: "lead" }, area[`role_${page.language}`]) : null,
    total.expected ? h("p", { class: "muted" }, say("areas.reporting", { expected: total.expected, reported: total.reported, on_time: page.numbers.percent(total.on_time_percent) })) : null,
    picks(files(page, "/gaps", { area: overview.area })),
    h("div", { class: "stack" },
      area?.reports ? h("div", { class: "two" }, due(page, completeness, names, overview.area), returnedOf(page, data)) : null,
      overview.targets.length ? h("div", { class: "stack tight-stack" }, overview.targets.map((row) => card(page, row, "area", { areas, target: targets.items.find((each) => each.indicator === row.indicator) }))) : null,
      tasksOf(page, data), figuresOf(page, figures.items)),
  ];
}

/** What has not been reported: one line for each period, overdue before due. */
function due(page, { outstanding }, names, area) {
  const { say, numbers } = page;
  const periods = Map.groupBy([...outstanding].reverse(), (each) => each.period);
  const latest = [...periods.keys()].sort((one, other) => quarterOf(other) - quarterOf(one));
  const line = (period) => {
    const [first] = periods.get(period);
    return h("li", {}, h("b", {}, numbers.period(period)), h("span", { class: `state ${first.overdue ? "bad" : "muted"}` }, say(first.overdue ? "areas.overdue" : "areas.due", { day: numbers.day(first.due_on) })),
      h("p", {}, page.join(periods.get(period).map((each) => names.get(each.indicator) + (each.missing_reason ? say("areas.because", { reason: page.code("missing_reason", each.missing_reason) }) : "")))));
  };
  return h("section", { class: "panel" }, h("h2", {}, say("areas.outstanding")),
    latest.length ? h("ul", { class: "list" }, latest.map(line)) : h("p", { class: "muted" }, say("areas.all_reported")),
    h("p", {}, h("a", { href: link({ view: "report", area, period: latest[0] ?? null }, { alone: true }) }, say("areas.report"))));
}

function returnedOf(page, { returned }) {
  const { say, numbers } = page;
  const last = (each) => each.decisions.at(-1);
  const line = (each) => h("li", {}, h("b", {}, numbers.period(each.period)), h("span", { class: "state" }, say("areas.returned_at", { day: numbers.moment(last(each).decided_at) })),
    h("p", {}, `${page.code("return_reason", last(each).reason_code)}${page.words.page.colon}${page.inLanguage(last(each).reason ?? "")}`));
  return h("section", { class: "panel" }, h("h2", {}, say("areas.returned")),
    returned === null ? h("p", { class: "muted" }, say("areas.returned_key"), " ", h("a", { href: link({ view: "report" }, { alone: true }) }, say("key")))
      : returned.items.length ? h("ul", { class: "list" }, returned.items.map(line)) : h("p", { class: "muted" }, say("areas.returned_none")));
}

function tasksOf(page, { tasks }) {
  const { say, words } = page;
  const rows = tasks?.items.filter((each) => each.task !== null) ?? [];
  if (!rows.length) return null;
  const value = (row, field, column) => h("td", { class: "num" }, page.cell(row, field, column), row[field] === null || !column.name ? null : h("span", { class: "u" }, column.name));
  const columnOf = (row) => page.numbers.column([row.task, row.year_actual, row.year_gap], row.unit);
  const line = (row, column = columnOf(row)) => h("tr", {}, h("th", { scope: "row" }, page.name(row, "indicator")), value(row, "task", column), value(row, "year_actual", column),
    row.year_gap !== null && row.year_gap <= 0 ? h("td", { class: "num" }, say("reached")) : value(row, "year_gap", column),
    h("td", { class: "meter" }, row.year_attainment_percent === null ? page.missing(row, "year_attainment_percent")
      : barOf(page, { name: "", shown: row.year_attainment_percent, end: "", asked: row.seasonal_elapsed_percent ?? row.year_elapsed_percent, tone: toneOf(row.year_rating) })),
    h("td", {}, ratingOf(row.year_rating, words)));
  const heads = ["target_name", "task_whole", "areas.year_actual", "task_gap", "areas.year_done", "task_rating"];
  return h("section", { class: "panel" }, h("h2", {}, say("task", { year: rows[0].year })), h("p", { class: "sub" }, say(rows.every((row) => row.task_source === "path") ? "task_of.path" : "task_of.set")),
    h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("task", { year: rows[0].year }) }, h("table", { class: "yearly" },
      h("thead", {}, h("tr", {}, heads.map((name, at) => h("th", { scope: "col", class: at > 0 && at < 4 ? "num" : null }, say(name))))), h("tbody", {}, rows.map((row) => line(row))))));
}

/** The area's figures, with or without a target. */
function figuresOf(page, rows) {
  const { say, numbers } = page;
  const line = (each) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: link({ view: "target", indicator: each.indicator }) }, page.name(each, "indicator"))), h("td", { class: "nw" }, each.period ? numbers.period(each.period) : "—"),
    h("td", { class: "num" }, each.actual === null ? page.missing(each, "actual") : page.value(each.actual, each.unit)), h("td", {}, each.actual_basis ? page.code("actual_basis", each.actual_basis) : ""),
    h("td", { class: "num" }, growthCell(page, each)), h("td", { class: "num" }, page.percentCell(each, "share_percent")), h("td", { class: "num" }, each.rank === null ? page.missing(each, "rank") : `${each.rank}/${each.rank_of}`));
  const heads = ["indicator", "period", "actual", "basis", "yoy", "share", "rank"];
  return h("section", { class: "panel" }, h("h2", {}, say("areas.figures")), h("p", { class: "sub" }, say("areas.figures_sub")), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("areas.figures") }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col", class: ["actual", "yoy", "share", "rank"].includes(name) ? "num" : null }, say(`column.${name}`))))),
    h("tbody", {}, rows.map(line)))));
}
