// Actual against path, with the target and what may come, drawn at three widths.

import { h, s } from "./dom.js";
import { quarterOf } from "./bars.js";

const SIZES = [
  ["xl-only", 1180, 400, 88],
  ["wide-only", 770, 330, 88],
  ["narrow-only", 294, 270, 62],
];
const LEFT = 40;
const TOP = 26;
const FOOT = 28;
const MOST_TICKS = 5;

/** The figure of one target: `row` is gaps/{indicator}. Null without a figure. */
export function chartOf(row, page) {
  const course = courseOf(row);
  if (!course.points.length) return null;
  const label = page.say("chart.label", {
    name: page.name(row, "indicator"),
    period: page.numbers.period(row.period),
    actual: page.numbers.text(row.actual, row.unit),
    path: row.path_value === null ? "—" : page.numbers.text(row.path_value, row.unit),
    target: row.target === null ? "—" : page.numbers.text(row.target, row.unit),
  });
  return h("figure", { class: "chart" }, SIZES.map(([name, width, height, right]) =>
    s("svg", { class: name, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
      drawing(row, course, page, { width, height, right }))));
}

/** What is drawn: points that are known, the path, the end and what is foreseen. */
function courseOf(row) {
  // Of what came after the period that is looked at, only what is not complete is shown.
  const now = quarterOf(row.period ?? "0");
  const points = row.series.filter((each) => each.actual !== null)
    .map((each) => ({ ...each, at: quarterOf(each.period), isWhole: !each.flags.includes("partial_coverage") }))
    .filter((each) => each.at <= now || !each.isWhole);
  const path = row.series.filter((each) => each.path_value !== null).map((each) => [quarterOf(each.period), each.path_value]);
  const end = row.deadline ? quarterOf(row.deadline) : Math.max(...points.map((each) => each.at));
  if (row.baseline !== null && row.baseline_period) path.unshift([quarterOf(row.baseline_period), row.baseline]);
  else if (row.baseline !== null && path.length) path.unshift([path[0][0] - 1, row.baseline]);
  if (path.length && row.target !== null && path.at(-1)[0] < end) path.push([end, row.target]);
  return { points, path, end, latest: points.filter((each) => each.isWhole).at(-1) ?? null };
}

function drawing(row, course, page, size) {
  const [first, last] = [Math.min(course.points[0].at, course.path[0]?.[0] ?? Infinity), Math.max(course.end, course.points.at(-1).at)];
  const ahead = [row.projection, row.projection_low, row.projection_high].filter((each) => each !== null);
  const values = [0, row.target ?? 0, row.target_high ?? 0, ...ahead, ...course.points.map((each) => each.actual), ...course.path.map(([, value]) => value)];
  const { ticks, factor, unit } = scaleOf(values, row.unit, page);
  const [low, high] = [Math.min(...values, ticks[0]), Math.max(...values) * 1.02];
  const [right, bottom] = [size.width - size.right, size.height - FOOT];
  const x = (at) => LEFT + ((right - LEFT) * (at - first)) / Math.max(last - first, 1);
  const y = (value) => bottom - ((bottom - TOP) * (value - low)) / (high - low || 1);
  const place = ([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const { latest } = course;
  const foreseen = latest && latest.at < course.end;
  const text = (value) => page.numbers.fixed(value / factor, Number.isInteger(value / factor) ? 0 : 2);
  return [
    foreseen ? s("rect", { class: "c-band", x: x(latest.at), y: TOP, width: right - x(latest.at), height: bottom - TOP }) : null,
    ticks.map((each) => [
      s("line", { class: "c-grid", x1: LEFT, x2: right, y1: y(each), y2: y(each) }),
      s("text", { class: "c-text", x: LEFT - 6, y: y(each) + 4, "text-anchor": "end" }, page.numbers.fixed(each / factor))]),
    s("text", { class: "c-text", x: 0, y: 12 }, unit),
    years(first, last, x, bottom),
    [row.target, row.target_high].filter((each) => each !== null).map((each) => s("line", { class: "c-target", x1: LEFT, x2: right, y1: y(each), y2: y(each) })),
    course.path.length > 1 ? s("polyline", { class: "c-path", points: course.path.map(place).join(" ") }) : null,
    foreseen ? outlook(row, latest, course.end, { x, y }) : null,
    s("polyline", { class: "c-actual", points: course.points.filter((each) => each.isWhole).map((each) => place([each.at, each.actual])).join(" ") }),
    course.points.map((each) => s("circle", { class: each.isWhole ? "c-dot" : "c-hollow", cx: x(each.at), cy: y(each.actual), r: each === latest ? 5 : each.isWhole ? 3.2 : 4 },
      s("title", {}, [page.numbers.period(each.period) + page.words.page.colon + page.numbers.text(each.actual, row.unit),
        each.isWhole ? "" : page.say("chart.partial", { reported: each.areas_reported, expected: each.areas_expected })].filter(Boolean).join(page.comma)))),
    labels(row, latest, course.end, { x, y, right, text, isNarrow: size.width < 400 }, page),
  ];
}

/** At most six lines, at round numbers, in the larger unit of the language. */
function scaleOf(values, unit, page) {
  const top = Math.max(...values);
  const [factor, name] = page.numbers.scale(top, unit);
  const raw = (top - Math.min(0, ...values)) / factor / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw) * factor;
  const start = Math.ceil(Math.min(0, ...values) / step);
  const ticks = Array.from({ length: Math.floor(top / step) - start + 1 }, (_, at) => (start + at) * step);
  return { ticks, factor, unit: name };
}

function years(first, last, x, bottom) {
  const marks = [];
  for (let year = Math.ceil((first + 1) / 4); year * 4 + 3 <= last + 3; year += 1) {
    const [from, to] = [Math.max(year * 4 - 1, first), Math.min(year * 4 + 3, last)];
    if (to <= from) continue;
    marks.push(s("line", { class: "c-axis", x1: x(from), x2: x(from), y1: bottom, y2: bottom + 5 }));
    marks.push(s("text", { class: "c-text", x: (x(from) + x(to)) / 2, y: bottom + 17, "text-anchor": "middle" }, String(year)));
  }
  return [marks, s("line", { class: "c-axis", x1: x(first), x2: x(last), y1: bottom, y2: bottom })];
}

function outlook(row, latest, end, { x, y }) {
  const from = [x(latest.at), y(latest.actual)];
  const lineTo = (name, value) => (value === null ? null : s("line", { class: name, x1: from[0], y1: from[1], x2: x(end), y2: y(value) }));
  const fan = row.projection_low === null ? null
    : s("path", { class: "c-fan", d: `M${from} L${x(end)},${y(row.projection_low)} L${x(end)},${y(row.projection_high)}Z` });
  const isMet = row.gap !== null && row.gap <= 0;
  return [fan, lineTo("c-proj", row.projection), isMet ? null : lineTo("c-need", row.target)];
}

/** Labels at the ends of the lines, moved apart where they would touch. */
function labels(row, latest, end, { x, y, right, text, isNarrow }, page) {
  const at = [];
  const add = (name, value, words) => value !== null && at.push({ name, y: y(value), words });
  add("c-strong", row.target, `${isNarrow ? "" : `${page.say("chart.target")} `}${row.target === null ? "" : text(row.target)}`);
  if (latest && latest.at < end) add("c-acc", row.projection, `${isNarrow ? "" : `${page.say("chart.projection")} `}${row.projection === null ? "" : text(row.projection)}`);
  else if (latest) add("c-acc", latest.actual, `${isNarrow ? "" : `${page.say("chart.actual")} `}${text(latest.actual)}`);
  at.sort((one, other) => one.y - other.y);
  for (let i = 1; i < at.length; i += 1) at[i].y = Math.max(at[i].y, at[i - 1].y + 15);
  return at.map((each) => s("text", { class: `c-text ${each.name}`, x: right + 6, y: each.y + 4 }, each.words));
}

/** What the lines and dots mean. */
export function keyOf(page) {
  const sample = (...shapes) => s("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, shapes);
  const line = (name) => sample(s("line", { class: name, x1: 0, x2: 26, y1: 6, y2: 6 }));
  const lines = [
    ["actual", sample(s("line", { class: "c-actual", x1: 0, x2: 26, y1: 6, y2: 6 }), s("circle", { class: "c-dot", cx: 13, cy: 6, r: 3.2 }))],
    ["partial", sample(s("circle", { class: "c-hollow", cx: 13, cy: 6, r: 4 }))],
    ["path", line("c-path")], ["target", line("c-target")],
    ["projection", sample(s("rect", { class: "c-fan", x: 0, y: 1, width: 26, height: 10 }), s("line", { class: "c-proj", x1: 0, x2: 26, y1: 6, y2: 6 }))],
    ["needed", line("c-need")],
  ];
  return h("ul", { class: "key" }, lines.map(([name, mark]) => h("li", {}, mark, page.say(`key_of.${name}`))));
}
