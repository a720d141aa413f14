// Who has reported what: areas by period, each cell a mark, a word and a count.

import { key } from "../api.js";
import { quarterOf } from "../bars.js";
import { h, s } from "../dom.js";
import { asOfPick, bar, files, publicationsOf } from "../picks.js";
import { link } from "../url.js";

const SHOWN = 8;
const LISTED = 8;
const SHAPES = {
  overdue: ["bad", ["rect", { class: "sh", x: 1.2, y: 1.2, width: 13.6, height: 13.6 }]],
  returned: ["warn", ["path", { class: "sh", d: "M1 8 8 1v4h7v6H8v4z" }]],
  late: ["warn", ["path", { class: "sh", d: "M8 .8 15.6 14.6H.4Z" }]],
  open: ["none", ["circle", { class: "sh-open", cx: 8, cy: 8, r: 6 }]],
  reported: ["", ["path", { class: "sh-tick", d: "M3 8.5 6.6 12 13 4.5" }]],
  not_due: ["none", ["rect", { class: "sh", x: 4, y: 7, width: 8, height: 2 }]],
};

export async function load(page) {
  const [areas, indicators, periods, total, publications, returned] = await Promise.all([
    ...["/areas", "/indicators", "/periods", "/completeness"].map((path) => page.ofPlan(path, { view: null })), publicationsOf(page),
    key.get() ? page.ofPlan("/reports", { status: "returned", view: null, as_of: null, limit: 200, fields: "area,period" }).catch(() => null) : null]);
  const counted = new Set(total.by_period.filter((each) => each.expected).map((each) => each.code));
  const known = periods.items.map((each) => each.period).filter((each) => counted.has(each));
  const shown = page.choices.from ? known.filter((each) => quarterOf(each) >= quarterOf(page.choices.from)) : known.slice(-SHOWN);
  const columns = await Promise.all(shown.map((period) => page.ofPlan("/completeness", { period, view: null })));
  return { areas, indicators, total, publications, returned, first: known[0], shown: shown.join(" "), ...Object.fromEntries(shown.map((period, at) => [period, columns[at]])) };
}

export function draw(page, data) {
  const { say, numbers } = page;
  const shown = data.shown ? data.shown.split(" ") : [];
  const { total } = data.total;
  const reporting = new Map(data.total.by_area.map((each) => [each.code, each]));
  const areas = data.areas.items.filter((each) => reporting.get(each.code)?.expected);
  const name = (each) => each[`name_${page.language}`];
  if (!total.expected) return [h("h1", { class: "headline" }, say("completeness.nothing")), h("p", { class: "lead" }, say("completeness.nothing_more"))];
  return [
    h("h1", { class: "headline" }, say("completeness.headline", { reported: total.reported, expected: total.expected, percent: numbers.percent(total.reporting_percent) })),
    h("p", { class: "lead" }, say("completeness.lead", { percent: numbers.percent(total.on_time_percent), count: total.overdue })),
    bar(page, asOfPick(page, data.publications), files(page, "/completeness", { view: null, period: null })),
    h("ul", { class: "key" }, Object.keys(SHAPES).filter((kind) => kind !== "returned" || data.returned).map((kind) => h("li", { class: SHAPES[kind][0] }, mark(kind), say(`completeness.is.${kind}`)))),
    h("section", { class: "panel" }, h("p", { class: "small no-print" }, spans(page, data, shown)), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("views.completeness") }, h("table", { class: "heat grid" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("area")), shown.map((each) => h("th", { scope: "col" }, numbers.period(each))), h("th", { scope: "col", class: "num" }, say("completeness.all")))),
      h("tbody", {}, areas.map((area) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: link({ view: "areas", area: area.code }, { alone: true }) }, name(area))),
        shown.map((period) => cell(page, data[period].by_area.find((each) => each.code === area.code), returnedIn(data, area.code, period))),
        h("td", { class: "num" }, numbers.percent(reporting.get(area.code).reporting_percent))))),
      h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, say("completeness.all")), shown.map((period) => h("td", {}, numbers.percent(data[period].total.reporting_percent))), h("td", { class: "num" }, numbers.percent(total.reporting_percent))))))),
    outstanding(page, data),
  ];
}

/** The last periods, or all of them. */
function spans(page, { first, total }, shown) {
  if (page.choices.from) return h("a", { href: link({ from: null }) }, page.say("completeness.latest", { count: SHOWN }));
  return shown[0] === first ? null : h("a", { href: link({ from: first }) }, page.say("completeness.earlier", { count: total.by_period.filter((each) => each.expected).length }));
}

const mark = (kind) => s("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, s(...SHAPES[kind][1]));

const returnedIn = ({ returned }, area, period) => returned?.items.filter((each) => each.area === area && each.period === period).length ?? 0;

/** The worst comes first: overdue, returned, open, late; where nothing is due, that is said. */
function cell(page, counts, returned) {
  const { say } = page;
  const found = stateOf(counts, returned);
  const told = counts?.expected ? say("completeness.told", counts) : null;
  const word = say(`completeness.is.${found.kind}`);
  return h("td", { class: SHAPES[found.kind][0], "data-tip": told ? `${word}\n${told}` : null },
    h("span", { class: "row nw" }, mark(found.kind), found.kind === "not_due" ? h("span", { class: "sr" }, word) : h("span", {}, word, found.count ? ` ${found.count}` : "")));
}

function stateOf(counts, returned) {
  if (!counts?.expected) return { kind: "not_due" };
  const isDone = counts.reported + counts.missing_with_reason >= counts.expected;
  if (counts.overdue) return { kind: "overdue", count: counts.overdue };
  if (!isDone && returned) return { kind: "returned", count: returned };
  if (!isDone) return { kind: "open", count: counts.expected - counts.reported };
  return counts.reported > counts.on_time ? { kind: "late", count: counts.reported - counts.on_time } : { kind: "reported" };
}

/** What is overdue, the latest first: one line for an area and a period. */
function outstanding(page, { areas, indicators, total }) {
  const { say, numbers, language } = page;
  const late = total.outstanding.filter((each) => each.overdue);
  if (!late.length) return null;
  const nameIn = (list, code) => list.items.find((each) => each.code === code)?.[`name_${language}`] ?? code;
  const groups = [...Map.groupBy(late, (each) => `${each.period} ${each.area}`).values()].sort(([one], [other]) => quarterOf(other.period) - quarterOf(one.period));
  const list = (some) => h("ul", { class: "list" }, some.map((each) => h("li", {},
    h("b", {}, nameIn(areas, each[0].area), page.language === "zh" ? " " : ", ", numbers.period(each[0].period)), h("span", { class: "state bad" }, say("areas.overdue", { day: numbers.day(each[0].due_on) })),
    h("p", {}, page.join(each.map((one) => nameIn(indicators, one.indicator) + (one.missing_reason ? say("areas.because", { reason: page.code("missing_reason", one.missing_reason) }) : "")))))));
  const rest = groups.slice(LISTED);
  return h("section", { class: "panel" }, h("h2", {}, say("completeness.outstanding")), list(groups.slice(0, LISTED)),
    rest.length ? h("details", { id: "rest" }, h("summary", {}, say("completeness.rest", { count: rest.length })), list(rest)) : null);
}
