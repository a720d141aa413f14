// What waits, the riskiest first; many are approved at once, one's own never.

import { h } from "../dom.js";
import { markOf, statusOf } from "../marks.js";
import { link } from "../url.js";

export const mayDecide = (report) => report.allowed_actions.includes("approve");

/** `decide(decisions)` takes what is ticked; `ticked` is the ids. */
export function queueOf(page, { list, report, caller }, { ticked, decide }) {
  const { say } = page;
  const open = list.filter(mayDecide);
  const chosen = open.filter((each) => ticked.has(each.id));
  const asked = chosen.filter((each) => each.queries).length;
  const clean = open.filter((each) => !each.queries);
  const tick = (ids) => { ticked.clear(); ids.forEach((id) => ticked.add(id)); page.redraw(); };
  return h("section", { class: "panel queue", "aria-label": say("review.queue") },
    h("ol", {}, list.map((each) => itemOf(page, each, { isOn: each.id === report?.id, caller, ticked }))),
    open.length ? h("footer", {},
      h("p", { class: "small" }, chosen.length ? say(asked ? "review.chosen_asked" : "review.chosen", { count: chosen.length, asked }) : say("review.none_chosen")),
      h("p", { class: "row" }, h("button", { type: "button", class: "btn", id: "tick-clean", disabled: !clean.length, onclick: () => tick(clean.map((each) => each.id)) }, say("review.tick_clean", { count: clean.length })),
        h("button", { type: "button", class: "btn main", id: "approve-chosen", disabled: !chosen.length, onclick: () => decide(chosen) }, say("review.approve_many", { count: chosen.length })))) : null);
}

function itemOf(page, each, { isOn, caller, ticked }) {
  const { say, numbers } = page;
  const area = page.areaNames.get(each.area);
  const toggle = (event) => { event.target.checked ? ticked.add(each.id) : ticked.delete(each.id); page.redraw(); };
  const isWaiting = each.status === "submitted";
  return h("li", { id: `q-${each.id}`, class: isOn ? "on" : null },
    isWaiting ? h("input", { type: "checkbox", id: `tick-${each.id}`, disabled: !mayDecide(each), checked: ticked.has(each.id), "aria-label": say("review.tick", { area, period: numbers.period(each.period) }), onchange: toggle }) : h("span", {}),
    h("div", {}, h("a", { href: link({ report: each.id }), "aria-current": isOn ? "true" : null }, area), " ", h("span", { class: "small muted" }, numbers.period(each.period)),
      h("p", { class: "why" }, whyOf(page, each, caller))));
}

function whyOf(page, each, caller) {
  const { say, numbers } = page;
  if (each.status !== "submitted") return [statusOf(each.status, page.words), " · ", numbers.moment(each.decisions.at(-1)?.decided_at ?? each.submitted_at)];
  if (!mayDecide(each)) return say(each.submitted_by === caller.owner ? "review.own" : "review.no_right");
  const corrected = each.figures.filter((one) => one.change === "updated").length;
  const told = [
    each.resubmits ? say("review.resubmits") : null, corrected ? say("review.corrected", { count: corrected }) : null, each.late ? say("review.late") : null,
    each.queries || each.resubmits ? null : say("review.clean"), say("review.sent", { moment: numbers.moment(each.submitted_at) }),
  ];
  return [each.queries ? [h("span", { class: "rate warn small" }, markOf("acceleration_needed"), say("review.queries", { count: each.queries })), " · "] : null, told.filter(Boolean).join(" · ")];
}
