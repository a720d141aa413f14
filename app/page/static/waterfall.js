// Who brought the change about: parts that add up to the whole, largest first; unknown ones hatched.

import { h, s } from "./dom.js";
import { link } from "./url.js";

const UNKNOWN_PERCENT = 7;
const LEAST_FOLDED = 3;
const MOST_SHARE = 0.03;
let isOpen = false;

/** The parts of `row` as a table with bars; `areas` names them. */
export function waterfallOf(row, areas, page) {
  const { say, numbers } = page;
  const nameOf = (code) => areas.items.find((each) => each.code === code)?.[`name_${page.language}`] ?? say("unallocated");
  const known = row.contributions.filter((each) => each.change !== null).sort((one, other) => other.change - one.change);
  const unknown = row.contributions.filter((each) => each.change === null && each.reasons.change !== "not_applicable");
  const whole = sum(known, "change");
  const { shown, folded } = fold(known);
  const steps = known.reduce((found, each) => [...found, found.at(-1) + each.change], [0]);
  const [low, high] = [Math.min(...steps), Math.max(...steps)];
  const room = 100 - UNKNOWN_PERCENT * unknown.length;
  const x = (value) => ((value - low) / (high - low || 1)) * room;
  const column = numbers.column(known.map((each) => each.change).concat(whole), row.unit);
  const place = (each) => (each.area === "unallocated" ? nameOf(each.area) : h("a", { href: link({ view: "areas", area: each.area, indicator: null }, { alone: true }) }, nameOf(each.area)));
  let before = 0;
  const next = (change) => bar(x(before), x((before += change)));
  const lines = shown.map((each) => line(place(each), next(each.change), page.cell(each, "change", column, row.unit), numbers.percent(each.contribution_percent)));
  if (folded.length) {
    const rest = { change: sum(folded, "change"), reasons: {} };
    lines.push(line(say("others", { count: folded.length }), next(rest.change), page.cell(rest, "change", column, row.unit),
      folded.some((each) => each.contribution_percent === null) ? "—" : numbers.percent(sum(folded, "contribution_percent"))));
  }
  lines.push(...unknown.map((each, at) => line(place(each), hatched(room + at * UNKNOWN_PERCENT), h("span", { class: "unk" }, reasonOf(page, each)), "—")));
  const isPartial = unknown.length > 0;
  const total = { change: whole, reasons: {} };
  return [
    h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("contributions") }, h("table", { class: "water" }, h("caption", { class: "sr" }, say("contributions")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("area")), h("th", { scope: "col" }, say("build_up")), h("th", { scope: "col", class: "num" }, column.name || say("number")), h("th", { scope: "col", class: "num" }, say("contribution")))),
      h("tbody", {}, lines),
      h("tfoot", {}, line(isPartial ? say("sum_of", { count: known.length }) : nameOf(row.area),
        s("svg", { "aria-hidden": "true" }, s("rect", { class: "c-total", x: `${Math.min(x(0), x(whole))}%`, y: "18%", width: `${Math.abs(x(whole) - x(0))}%`, height: "64%" }),
          unknown.map((_, at) => hatch(room + at * UNKNOWN_PERCENT))),
        page.cell(total, "change", column, row.unit), isPartial ? "—" : numbers.percent(100))))),
    known.length - shown.length || isOpen ? h("button", { type: "button", class: "textual small no-print", "aria-expanded": String(isOpen), onclick: () => { isOpen = !isOpen; page.redraw(); } },
      say(isOpen ? "fold" : "unfold", { count: folded.length })) : null,
    isPartial ? h("p", { class: "small muted" }, say("unknown_parts", { names: page.join(unknown.map((each) => nameOf(each.area))) })) : null,
  ];
}

const sum = (parts, field) => parts.reduce((found, each) => found + each[field], 0);

/** Small parts at the end are one line, until they are unfolded. */
function fold(known) {
  const all = known.reduce((found, each) => found + Math.abs(each.change), 0);
  const small = known.filter((each) => Math.abs(each.change) < MOST_SHARE * all);
  if (isOpen || small.length < LEAST_FOLDED) return { shown: known, folded: [] };
  return { shown: known.filter((each) => !small.includes(each)), folded: small };
}

function line(name, drawn, change, share) {
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "bar" }, drawn), h("td", { class: "num" }, change), h("td", { class: "num" }, share));
}

const reasonOf = (page, part) => page.code("null_reason", part.reasons.last ?? part.reasons.first ?? part.reasons.change);

function bar(from, to) {
  return s("svg", { "aria-hidden": "true" },
    s("rect", { class: "c-bar", x: `${Math.min(from, to)}%`, y: "22%", width: `${Math.abs(to - from)}%`, height: "56%" }),
    s("line", { class: "c-link", x1: `${to}%`, x2: `${to}%`, y1: "78%", y2: "122%" }));
}

const hatched = (from) => s("svg", { "aria-hidden": "true" }, hatch(from));

/** A width that stands for no value. */
function hatch(from) {
  const [top, bottom] = [22, 78];
  return [
    s("svg", { class: "c-window", x: `${from}%`, y: `${top}%`, width: `${UNKNOWN_PERCENT}%`, height: `${bottom - top}%` },
      Array.from({ length: 8 }, (_, at) => s("line", { class: "c-hatch", x1: at * 7, x2: at * 7 - 20, y1: 0, y2: 20 }))),
    s("rect", { class: "c-unk", x: `${from}%`, y: `${top}%`, width: `${UNKNOWN_PERCENT}%`, height: `${bottom - top}%`, fill: "none" }),
  ];
}
