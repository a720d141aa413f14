// What a view says before there is any figure: when the first is due, and where to see who owes it.

import { h } from "./dom.js";
import { link } from "./url.js";

/** The first period that figures are due for, with its last day; null where none are due yet. */
export async function firstDue(page) {
  const [{ by_period }, periods] = await Promise.all([page.ofPlan("/completeness", { view: null }), page.ofPlan("/periods", { view: null })]);
  const code = by_period.find((each) => each.expected)?.code;
  const found = periods.items.find((each) => each.period === code);
  return found ? { period: found.period, due_on: found.due_on } : null;
}

export function nothingYet(page, begin) {
  const { say, numbers } = page;
  return h("div", { class: "panel empty" }, h("b", {}, say("empty.title")),
    begin ? h("p", { class: "muted" }, say("empty.first", { period: numbers.period(begin.period), day: numbers.day(begin.due_on) })) : null,
    h("a", { href: link({ view: "completeness" }, { alone: true }) }, say("incomplete.more")));
}
