// What it would take: a pace or a growth is assumed, and the API says what comes of it.

import { write } from "./api.js";
import { quarterOf } from "./bars.js";
import { h } from "./dom.js";
import { ratingOf } from "./marks.js";

const PAUSE_MS = 150;
const STEPS = 100;
let held = { of: "", value: null, found: null };
let waiting = null;

/** Null where nothing can be assumed any more, or nothing is known yet. */
export function whatIfPanel(page, row, definition) {
  const { say, numbers, words } = page;
  if (row.actual === null || !row.deadline || quarterOf(row.deadline) <= quarterOf(row.period)) return null;
  const isAdded = definition.accumulation === "increment";
  const usual = row.last_four_per_quarter ?? row.average_per_quarter;
  // Growth is assumed from the latest figure on, whatever period is looked at.
  if (isAdded ? usual === null : row.series.some((each) => each.actual !== null && quarterOf(each.period) > quarterOf(row.period))) return null;
  const way = isAdded ? paceOf(page, row, definition, usual) : growthOf(page, row);
  const of = [page.choices.plan, row.indicator, row.area, row.period, row.revision].join(" ");
  if (held.of !== of) held = { of, value: way.first, found: null };
  const assume = ({ target: { valueAsNumber } }) => {
    held = { of, value: valueAsNumber, found: null };
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(page, row, way).catch(() => (held.found = "failed")).then(page.redraw), PAUSE_MS);
    page.redraw();
  };
  const { found } = held;
  return h("section", { class: "panel what no-print" }, h("h2", {}, h("label", { for: "assumed" }, say("what_if"))), h("p", { class: "sub" }, say(way.about, { count: way.quarters })),
    h("div", { class: "stack" }, h("div", {},
      h("input", { id: "assumed", type: "range", min: way.least, max: way.most, step: way.step, value: held.value, oninput: assume, "aria-describedby": "would-be", "aria-valuetext": way.tell(held.value) }),
      h("p", { class: "scale" }, h("span", {}, way.tell(way.least)), h("span", {}, say(way.name)), h("span", {}, way.tell(way.most)))),
    h("p", { id: "would-be", role: "status" }, way.tell(held.value), " → ", found === "failed" ? say("failed") : found ? h("output", { for: "assumed" },
      say("would_be", { year: row.deadline.slice(0, 4), actual: numbers.text(found.actual, row.unit) }), found.gap === null || found.gap <= 0 ? "" : say("would_miss", { gap: numbers.text(found.gap, row.unit) }), " ", ratingOf(found.rating, words)) : say("move")),
    h("p", { class: "small muted" }, way.known)));
}

/** How much is added in each quarter that is left. */
function paceOf(page, row, definition, usual) {
  const { numbers, say } = page;
  const quarters = quarterOf(row.deadline) - quarterOf(row.period);
  const most = Math.max(row.required_per_quarter ?? 0, row.best_per_quarter ?? 0, usual) * 1.5;
  const isWhole = definition.checks.integer;
  const step = isWhole ? Math.max(Math.round(most / STEPS), 1) : most / STEPS;
  const column = numbers.column([most], row.unit);
  const told = (value) => (value === null ? "—" : `${numbers.inColumn(value, column)} ${column.name}`);
  return {
    about: "what_if_pace", name: "pace", quarters, least: 0, most, step, first: Math.round(usual / step) * step,
    tell: (value) => say("pace_is", { value: told(isWhole ? Math.round(value) : value) }),
    known: say("pace_known", { needed: told(row.required_per_quarter), average: told(row.last_four_per_quarter), best: told(row.best_per_quarter) }),
    content: (value) => {
      const end = row.actual + quarters * value;
      const period = row.deadline.includes("Q") ? row.deadline : `${row.deadline}-Q4`;
      return { figures: [{ indicator: row.indicator, area: row.area, period, value: isWhole ? Math.round(end) : Number(end.toFixed(2)), unit: row.unit, basis: row.actual_basis }] };
    },
  };
}

/** How much it grows in a year. */
function growthOf(page, row) {
  const { numbers, say } = page;
  return {
    about: "what_if_sub", name: "growth", least: -20, most: 60, step: 0.5, first: Math.round(row.yoy_percent ?? row.achieved_rate ?? 10),
    tell: (value) => `${numbers.signed(value, 1)}%`,
    known: row.path === "geometric" && row.required_rate !== null ? say("growth_known", { needed: numbers.signedPercent(row.required_rate), achieved: numbers.signedPercent(row.achieved_rate) }) : "",
    content: (percent) => ({ growth: [{ indicator: row.indicator, area: row.area, percent }] }),
  };
}

async function ask(page, row, way) {
  const { plan, as_of, data } = page.choices;
  const { of, value } = held;
  const { answer } = await write("POST", `/plans/${plan}/scenarios`, {
    language: page.language, content: way.content(value), parameters: { as_of, view: data === "provisional" ? data : null } });
  if (held.of === of && held.value === value) held.found = answer.items.find((each) => each.indicator === row.indicator && each.area === row.area) ?? "failed";
}
