// Actual against path, with the target and what may come, drawn at three widths; and its last quarters larger.

import { h, s } from "./dom.js";
import { courseOf, rangeOf, scaleOf, zoomOf } from "./scales.js";

const WHOLE = [["xl-only", 1180, 400], ["wide-only", 770, 330], ["narrow-only", 294, 270]];
const ZOOM = [["mid-only", 384, 330], ["narrow-only", 294, 270]];
// A letter of the text, which is 12 px high: what stands beside the axes gets its room.
const LETTER = 7.2;
const LEAST_LEFT = 40;
const TOP = 26;
const FOOT = 28;

/** The figures of one target: `row` is gaps/{indicator}. Without a figure, none. */
export function chartsOf(row, page) {
  const course = courseOf(row);
  if (!course.points.length) return [];
  const first = Math.min(course.points[0].at, course.path[0]?.[0] ?? Infinity);
  const last = Math.max(course.end, course.points.at(-1).at);
  const whole = { first, last, isZoom: false, range: rangeOf(row, course, first, last, [0]) };
  const zoom = zoomOf(row, course, whole.range);
  return [figure(row, course, page, whole, WHOLE), zoom ? figure(row, course, page, zoom, ZOOM) : null].filter(Boolean);
}

function figure(row, course, page, view, sizes) {
  const label = (view.isZoom ? page.say("chart.zoomed") : "") + sentence(row, page);
  return h("figure", { class: view.isZoom ? "chart zoom" : "chart" }, sizes.map(([name, width, height]) =>
    s("svg", { class: name, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, tabindex: 0, "data-tips": "" },
      drawing(row, course, page, view, { width, height }))));
}

function sentence(row, page) {
  const { say, numbers } = page;
  const told = (value) => (value === null ? "—" : numbers.text(value, row.unit));
  const facts = { name: page.name(row, "indicator"), period: numbers.period(row.period), actual: told(row.actual), path: told(row.path_value), target: told(row.target) };
  const ahead = row.projection === null ? "" : say("chart.ahead", { projection: told(row.projection), low: told(row.projection_low), high: told(row.projection_high) });
  return say("chart.label", facts) + ahead;
}

function drawing(row, course, page, view, size) {
  const { first, last, isZoom } = view;
  const { ticks, factor, name, low, high } = scaleOf(view, row.unit, page);
  const isNarrow = size.width < 300;
  const ends = endsOf(row, course, view, { factor, isShort: isNarrow || isZoom }, page);
  const longest = (texts) => Math.max(0, ...texts.map((each) => each.length)) * LETTER;
  const left = Math.max(LEAST_LEFT, longest(ticks.map((each) => page.numbers.fixed(each / factor))) + 8);
  const [right, bottom] = [size.width - Math.max(longest(ends.map((each) => each.text)) + 8, 20), size.height - FOOT];
  const x = (at) => left + ((right - left) * (at - first)) / Math.max(last - first, 1);
  const y = (value) => bottom - ((bottom - TOP) * (value - low)) / (high - low || 1);
  const place = ([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const { latest, end, points } = course;
  const seen = points.filter((each) => each.at >= first && each.at <= last);
  const isAhead = latest && latest.at < last;
  const line = (type, list) => (list.length > 1 ? s("polyline", { class: type, points: list.map(place).join(" ") }) : null);
  return [
    isAhead ? s("rect", { class: "c-band", x: x(latest.at), y: TOP, width: right - x(latest.at), height: bottom - TOP }) : null,
    ticks.map((each) => [
      s("line", { class: "c-grid", x1: left, x2: right, y1: y(each), y2: y(each) }),
      s("text", { class: "c-text", x: left - 6, y: y(each) + 4, "text-anchor": "end" }, page.numbers.fixed(each / factor))]),
    s("text", { class: "c-text", x: 0, y: 12 }, name || page.say("number")),
    isZoom ? quarters(view, x, bottom, isNarrow, page) : years(first, last, x, bottom),
    // Lines go on beyond the quarters that are seen: they end at the edges of a window.
    s("svg", { class: "c-window", x: left - 5, y: TOP - 6, width: right - left + 10, height: bottom - TOP + 12, viewBox: `${left - 5} ${TOP - 6} ${right - left + 10} ${bottom - TOP + 12}` },
      [row.target, row.target_high].filter((each) => each !== null).map((each) => s("line", { class: "c-target", x1: left, x2: right, y1: y(each), y2: y(each) })),
      line("c-path", course.path),
      latest && latest.at < end ? outlook(row, latest, end, { x, y }) : null,
      line("c-actual", points.filter((each) => each.isWhole).map((each) => [each.at, each.actual]))),
    isZoom || isNarrow ? null : pathName(course, { x, y }, page),
    seen.map((each) => told(row, each, course, page, { x, y, bottom, width: (right - left) / Math.max(last - first, 1) })),
    isAhead && end <= last ? toldEnd(row, page, { x: x(end), y, bottom }) : null,
    seen.filter((each) => isZoom && !each.isWhole).map((each) => s("text", { class: "c-text", x: x(each.at), y: y(each.actual) + 18, "text-anchor": "middle" }, page.say("chart.partial", { reported: each.areas_reported, expected: each.areas_expected }))),
    labels(ends, { y, right }),
    isAhead ? s("text", { class: "c-text c-acc", x: x(latest.at) + 8, y: y(latest.actual) + 18 }, labelOf(page, "chart.actual", latest.actual, { factor, isShort: isNarrow || isZoom })) : null,
  ];
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

function quarters({ first, last }, x, bottom, isNarrow, page) {
  const at = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  const text = (each) => (each % 4 === 3 ? page.say("year_end_short", { year: Math.floor(each / 4) }) : page.say(`quarter_${(each % 4) + 1}`));
  return [s("line", { class: "c-axis", x1: x(first), x2: x(last), y1: bottom, y2: bottom }), at.map((each) => [
    s("line", { class: "c-axis", x1: x(each), x2: x(each), y1: bottom, y2: bottom + 5 }),
    !isNarrow || each % 2 === last % 2 ? s("text", { class: "c-text", x: x(each), y: bottom + 17, "text-anchor": "middle" }, text(each)) : null])];
}

function outlook(row, latest, end, { x, y }) {
  const from = [x(latest.at), y(latest.actual)];
  const lineTo = (name, value) => (value === null ? null : s("line", { class: name, x1: from[0], y1: from[1], x2: x(end), y2: y(value) }));
  const fan = row.projection_low === null ? null
    : s("path", { class: "c-fan", d: `M${from} L${x(end)},${y(row.projection_low)} L${x(end)},${y(row.projection_high)}Z` });
  const isMet = row.gap !== null && row.gap <= 0;
  return [fan, lineTo("c-proj", row.projection), isMet ? null : lineTo("c-need", row.target)];
}

/** A point with its column, which tells its exact values. */
function told(row, point, course, page, { x, y, bottom, width }) {
  const { say, numbers } = page;
  const exact = (value) => numbers.quantity(value, row.unit).exact;
  const lines = [numbers.period(point.period), `${say("actual_short")} ${exact(point.actual)}`,
    point.path_value === null ? null : `${say("path_short")} ${numbers.text(point.path_value, row.unit)}`,
    point.areas_expected === null ? null : say("chart.partial", { reported: point.areas_reported, expected: point.areas_expected })];
  return s("g", { class: "c-told", "data-tip": lines.filter(Boolean).join("\n") },
    s("rect", { class: "c-hit", x: x(point.at) - width / 2, y: TOP, width, height: bottom - TOP }),
    s("circle", { "data-at": "", class: point.isWhole ? "c-dot" : "c-hollow", cx: x(point.at), cy: y(point.actual), r: point === course.latest ? 5 : point.isWhole ? 3.2 : 4 }));
}

function toldEnd(row, page, { x, y, bottom }) {
  if (row.projection === null) return null;
  const { say, numbers } = page;
  const exact = (value) => numbers.quantity(value, row.unit).exact;
  const lines = [say("end_of", { year: row.deadline.slice(0, 4) }), `${say("projection")} ${numbers.text(row.projection, row.unit)}`,
    row.projection_low === null ? null : `${say("interval")} ${numbers.text(row.projection_low, row.unit)} – ${numbers.text(row.projection_high, row.unit)}`, `${say("chart.target")} ${exact(row.target)}`];
  return s("g", { class: "c-told", "data-tip": lines.filter(Boolean).join("\n") },
    s("rect", { class: "c-hit", x: x - 12, y: TOP, width: 24, height: bottom - TOP }), s("circle", { "data-at": "", class: "c-end", cx: x, cy: y(row.projection), r: 3 }));
}

/** Above the path, where no point is near: the key has it anyway. */
function pathName({ path, points }, { x, y }, page) {
  const free = path.slice(1, -1).filter(([at, value]) => points.every((each) => Math.abs(x(each.at) - x(at) + 40) > 60 || Math.abs(y(each.actual) - y(value) + 12) > 24));
  if (!free.length) return null;
  const [at, value] = free[Math.floor(free.length / 2)];
  return s("text", { class: "c-text", x: x(at) - 6, y: y(value) - 8, "text-anchor": "end" }, page.say("path_short"));
}

function labelOf(page, word, value, { factor, isShort }) {
  const text = page.numbers.fixed(value / factor, Number.isInteger(value / factor) || Math.abs(value / factor) >= 10000 ? 0 : 2);
  return isShort ? text : `${page.say(word)} ${text}`;
}

/** What stands at the ends of the lines, on the right. */
function endsOf(row, { latest, end }, { last }, how, page) {
  const isAhead = latest && latest.at < last;
  const ends = [["c-strong", end <= last ? row.target : null, "chart.target"], ["c-acc", isAhead && end <= last ? row.projection : null, "chart.projection"],
    ["c-acc", latest && !isAhead ? latest.actual : null, "chart.actual"]];
  return ends.filter(([, value]) => value !== null).map(([name, value, word]) => ({ name, value, text: labelOf(page, word, value, how) }));
}

/** Moved apart where they would touch. */
function labels(ends, { y, right }) {
  const at = ends.map((each) => ({ ...each, y: y(each.value) })).sort((one, other) => one.y - other.y);
  for (let i = 1; i < at.length; i += 1) at[i].y = Math.max(at[i].y, at[i - 1].y + 15);
  return at.map((each) => s("text", { class: `c-text ${each.name}`, x: right + 6, y: each.y + 4 }, each.text));
}
