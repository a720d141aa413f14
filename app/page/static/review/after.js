// What would change for the whole area if a report were approved, as the server calculates it.

import { write } from "../api.js";
import { h } from "../dom.js";
import { ratingOf } from "../marks.js";

const MOST_KEPT = 20;
const asked = new Map();

/** The gap rows that would follow from a report; null where it has no values. */
export function follow(page, report, revision) {
  const name = `${page.language} ${report.id} ${revision}`;
  const figures = report.figures.filter((each) => each.value !== null && each.status === "submitted")
    .map(({ indicator, value, unit, basis }) => ({ indicator, area: report.area, period: report.period, value, unit, basis }));
  if (!figures.length) return null;
  if (!asked.has(name)) {
    const content = { period: report.period, figures };
    asked.set(name, write("POST", `/plans/${page.choices.plan}/scenarios`, { parameters: { limit: 1000 }, content, language: page.language }).then(({ answer }) => answer));
    if (asked.size > MOST_KEPT) asked.delete(asked.keys().next().value);
  }
  // One that failed is asked again at the next turn.
  return asked.get(name).catch(() => (asked.delete(name), null));
}

/** One line for each indicator whose figure for the whole changes. */
export function afterOf(page, { report, follows, present, indicators }, plan) {
  const { say } = page;
  if (!follows) return null;
  const whole = page.areaNames.get(plan.root_area);
  const lines = follows.items.filter((each) => each.area === plan.root_area).map((then) => {
    const now = present.items.find((each) => each.indicator === then.indicator);
    return lineOf(page, now, then, whole, indicators.items.find((each) => each.code === then.indicator));
  });
  return h("div", { class: "notice is-none", id: "after" }, h("p", {}, h("b", {}, say("review.after", { period: page.numbers.period(report.period) }))), h("ul", { class: "bullets" }, lines));
}

function lineOf(page, now, then, whole, definition) {
  const { say, numbers } = page;
  const name = definition?.[`name_${page.language}`] ?? then.indicator;
  if (then.areas_reported < then.areas_expected) {
    return h("li", {}, say("review.after_incomplete", { name, whole, reported: then.areas_reported, expected: then.areas_expected, left: then.areas_expected - then.areas_reported }));
  }
  const value = (row) => numbers.text(row?.actual ?? null, then.unit);
  const isSame = now?.actual === then.actual && now?.rating === then.rating;
  if (isSame) return h("li", {}, say("review.after_same", { name, whole, value: value(then) }));
  return h("li", {}, say("review.after_value", { name, whole, before: value(now), after: value(then) }), " ",
    now?.rating === then.rating ? [ratingOf(then.rating, page.words), " ", say("review.after_rating_same")] : [now ? ratingOf(now.rating, page.words) : null, now ? " → " : null, ratingOf(then.rating, page.words)]);
}
