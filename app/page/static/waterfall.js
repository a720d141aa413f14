// Who brought the change about: parts that add up to the whole, largest first; unknown ones hatched.

import { h, s } from "./dom.js";

const HEIGHT = 32;
const UNKNOWN_PERCENT = 8;

/** The parts of `row` as a table with bars; `areas` names them. */
export function waterfallOf(row, areas, page) {
  const { say, numbers } = page;
  const known = new Map(areas.items.map((each) => [each.code, page.language === "zh" ? each.name_zh : each.name_en]));
  const parts = [...row.contributions].sort((one, other) => (other.change ?? -Infinity) - (one.change ?? -Infinity));
  const values = parts.map((each) => each.change).filter((each) => each !== null);
  const whole = values.reduce((sum, each) => sum + each, 0);
  const isPartial = values.length < parts.length;
  const steps = [0];
  for (const each of values) steps.push(steps.at(-1) + each);
  const [low, high] = [Math.min(0, ...steps), Math.max(0, ...steps)];
  const room = isPartial ? 100 - UNKNOWN_PERCENT : 100;
  const x = (value) => ((value - low) / (high - low || 1)) * room;
  let before = 0;
  const bar = (from, to, name) => s("svg", { width: "100%", height: HEIGHT, "aria-hidden": "true" },
    s("rect", { class: name, x: `${Math.min(x(from), x(to))}%`, y: 7, width: `${Math.abs(x(to) - x(from))}%`, height: 18 }));
  const lines = parts.map((each) => {
    const name = known.get(each.area) ?? say(each.area === null ? "unallocated" : "whole");
    if (each.change === null) return line(page, row, name, hatched(room), null, null, each);
    const drawn = bar(before, (before += each.change), "c-bar");
    return line(page, row, name, drawn, each.change, each.contribution_percent, each);
  });
  return [
    h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("contributions") }, h("table", { class: "water" }, h("caption", { class: "sr" }, say("contributions")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("area")), h("th", { scope: "col" }, say("build_up")), h("th", { scope: "col", class: "num" }, say("change")), h("th", { scope: "col", class: "num" }, say("contribution")))),
      h("tbody", {}, lines),
      h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, isPartial ? say("sum_of", { count: values.length }) : known.get(row.area)), h("td", { class: "bar" }, bar(0, whole, "c-total")),
        h("td", { class: "num" }, page.value(whole, row.unit)), h("td", { class: "num" }, isPartial ? "—" : numbers.percent(100)))))),
    isPartial ? h("p", { class: "small muted" }, say("unknown_parts", { names: page.join(parts.filter((each) => each.change === null).map((each) => known.get(each.area) ?? "")) })) : null,
  ];
}

function line(page, row, name, drawn, change, share, part) {
  const unknown = (field) => h("span", { class: "unk" }, part.reasons[field] ? page.code("null_reason", part.reasons.last ?? part.reasons.first ?? part.reasons[field]) : "—");
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "bar" }, drawn),
    h("td", { class: "num" }, change === null ? unknown("change") : page.value(change, row.unit)), h("td", { class: "num" }, page.numbers.percent(share)));
}

/** A width that stands for no value. */
function hatched(from) {
  const step = UNKNOWN_PERCENT / 5;
  return s("svg", { width: "100%", height: HEIGHT, "aria-hidden": "true" },
    s("rect", { class: "c-unk", x: `${from}%`, y: 7, width: `${UNKNOWN_PERCENT}%`, height: 18, fill: "none" }),
    [0, 1, 2, 3].map((at) => s("line", { class: "c-hatch", x1: `${from + step * (at + 1)}%`, x2: `${from + step * at}%`, y1: 7, y2: 25 })));
}
