// Progress against the path as a bar, and the course of an indicator as a line without axes.

import { h, s } from "./dom.js";
import { toneOf } from "./marks.js";

const within = (percent) => Math.min(Math.max(percent, 0), 100);

/** A bar with a marker where the path asks progress to be. */
export function progressOf(row, page) {
  const { say } = page;
  const hasPath = row.progress_percent !== null;
  const shown = hasPath ? row.progress_percent : row.attainment_percent;
  if (shown === null) return h("p", { class: "small muted" }, page.reason(row, "progress_percent"));
  const asked = hasPath ? row.path_progress_percent : null;
  const name = say(hasPath ? "progress" : "attainment");
  const end = asked === null ? say("no_path") : say("path_asks");
  return barOf(page, { name, shown, end, asked, tone: hasPath ? toneOf(row.rating) : "none" });
}

/** `shown` of 100 % under its `name`, with a marker at what is `asked` by now. */
export function barOf(page, { name, shown, end, asked, tone }) {
  const { numbers } = page;
  const told = [`${name} ${numbers.percent(shown)}`, asked === null ? end : `${end} ${numbers.percent(asked)}`];
  const marker = asked === null ? null : s(
    "svg", { x: `${within(asked)}%`, overflow: "visible" },
    s("rect", { class: "tick-gap", x: -3.5, y: 0, width: 7, height: 18 }),
    s("rect", { class: "tick", x: -1.5, y: 0, width: 3, height: 18 }),
  );
  return h("div", { class: "prog" },
    h("div", { class: "lab" },
      h("span", {}, `${name} `, h("b", {}, numbers.percent(shown))),
      h("span", {}, end, asked === null ? "" : " ", asked === null ? null : h("b", { class: "mk" }, numbers.percent(asked)))),
    s("svg", { width: "100%", height: 18, role: "img", "aria-label": told.join(page.comma) },
      s("rect", { class: "track", y: 3, width: "100%", height: 12, rx: 2 }),
      s("rect", { class: `done ${tone}`, y: 3, width: `${within(shown)}%`, height: 12, rx: 2 }),
      marker));
}

const WIDTH = 220;
const HEIGHT = 44;
const EDGE = 4;

/** The course: complete periods joined, partial ones hollow and apart, the target dotted. */
export function sparklineOf(row, page) {
  const points = row.series.filter((each) => each.actual !== null);
  if (!points.length) return null;
  const isWhole = (each) => !each.flags.includes("partial_coverage");
  const values = points.map((each) => each.actual);
  if (row.target !== null) values.push(row.target);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const times = points.map((each) => quarterOf(each.period));
  const [first, last] = [Math.min(...times, quarterOf(row.baseline_period ?? points[0].period)), Math.max(...times)];
  const x = (period) => EDGE + ((WIDTH - 2 * EDGE) * (quarterOf(period) - first)) / Math.max(last - first, 1);
  const y = (value) => (high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low)) / (high - low));
  const whole = points.filter(isWhole);
  const partial = points.filter((each) => !isWhole(each));
  const name = page.say("course", { name: page.name(row, "indicator"), whole: whole.length, partial: partial.length });
  const latest = whole.at(-1);
  const at = (each) => `${x(each.period).toFixed(1)},${y(each.actual).toFixed(1)}`;
  const target = row.target === null ? null : y(row.target);
  return h("div", { class: "spark" },
    s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "xMinYMid meet", role: "img", "aria-label": name },
      target === null ? null : s("line", { class: "c-target", x1: EDGE, x2: WIDTH - EDGE, y1: target, y2: target, "stroke-dasharray": "1 3" }),
      s("line", { class: "c-grid", x1: EDGE, x2: WIDTH - EDGE, y1: HEIGHT - 2, y2: HEIGHT - 2 }),
      s("polyline", { class: "c-actual", points: whole.map(at).join(" ") }),
      partial.map((each) => s("circle", { class: "c-hollow", cx: x(each.period), cy: y(each.actual), r: 3 })),
      latest ? s("circle", { class: "c-dot", cx: x(latest.period), cy: y(latest.actual), r: 4 }) : null),
    h("span", { class: "sp-end" },
      partial.length ? page.say("partial_periods", { count: partial.length }) : page.say("whole_periods"), h("br"),
      yearsOf(points)));
}

function yearsOf(points) {
  const [first, last] = [points[0], points.at(-1)].map((each) => each.period.slice(0, 4));
  return first === last ? first : `${first}–${last}`;
}

/** A year or a quarter as a number of quarters; a year is its last quarter. */
export function quarterOf(period) {
  const [year, quarter] = period.split("-Q").map(Number);
  return year * 4 + (quarter || 4) - 1;
}
