// What a course has to show: its points, the quarters and values between which it is drawn, and the lines of its axis.

import { quarterOf } from "./bars.js";

const MOST_TICKS = 5;
const ZOOM_QUARTERS = 4;
const TOO_SMALL = 0.05;

/** What is drawn: points that are known, the path, and the end. */
export function courseOf(row) {
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

/** The lowest and the highest of all that is seen between two quarters. */
export function rangeOf(row, course, first, last, more = []) {
  const isSeen = (at) => at >= first && at <= last;
  const ahead = course.end <= last ? [row.target, row.target_high, row.projection, row.projection_low, row.projection_high] : [];
  const values = [...more, ...ahead, ...course.points.filter((each) => isSeen(each.at)).map((each) => each.actual),
    ...course.path.filter(([at]) => isSeen(at)).map(([, value]) => value)].filter((each) => each !== null);
  return [Math.min(...values), Math.max(...values)];
}

/** The last four quarters, where the whole shows too little of the fan or of the gap to the path. */
export function zoomOf(row, course, [low, high]) {
  const { latest, end, points } = course;
  if (!latest || points.length < 2) return null;
  const fan = row.projection_low === null ? null : row.projection_high - row.projection_low;
  const isSmall = (value) => value !== null && Math.abs(value) < TOO_SMALL * (high - low);
  if (!isSmall(fan) && !isSmall(row.path_gap)) return null;
  const last = Math.max(Math.min(end, latest.at + ZOOM_QUARTERS / 2), latest.at);
  const first = last - ZOOM_QUARTERS;
  return points.some((each) => each.at >= first && each.at < latest.at) ? { first, last, isZoom: true, range: rangeOf(row, course, first, last) } : null;
}

/** At most six lines, at round numbers, in the larger unit of the language; from 0 but in the zoom. */
export function scaleOf({ range, isZoom }, unit, page) {
  const [least, most] = range;
  const [factor, name] = page.numbers.scale(Math.max(Math.abs(least), Math.abs(most)), unit);
  const raw = (most - least) / factor / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw) * factor;
  const start = isZoom ? Math.floor(least / step) : Math.ceil(least / step);
  const ticks = Array.from({ length: Math.floor(most / step + 1e-9) - start + 1 }, (_, at) => (start + at) * step);
  return { ticks, factor, name, low: Math.min(least, ticks[0]), high: most + (most - least) * 0.02 };
}
