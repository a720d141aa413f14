// What an area has reported: its state, why it was returned, and the way to correct or withdraw it.

import { write } from "../api.js";
import { h } from "../dom.js";
import { statusOf } from "../marks.js";
import { link } from "../url.js";

const MOST_SHOWN = 8;
const state = { told: null };

export function recordsOf(page, { reports }, isOff) {
  const { say } = page;
  const rows = [...reports.items].sort((one, other) => other.revision - one.revision);
  const line = (each) => recordOf(page, each, isOff, rows.find((one) => one.period === each.period) === each);
  return h("section", { class: "panel", id: "records" }, h("h2", {}, say("report.own")),
    state.told ? h("p", { class: "notice is-none", role: "status" }, state.told) : null,
    rows.length ? h("ul", { class: "list" }, rows.slice(0, MOST_SHOWN).map(line)) : h("p", { class: "muted" }, say("report.none_yet")),
    rows.length > MOST_SHOWN ? h("details", { id: "older" }, h("summary", {}, say("report.older", { count: rows.length - MOST_SHOWN })), h("ul", { class: "list" }, rows.slice(MOST_SHOWN).map(line))) : null);
}

function recordOf(page, each, isOff, isNewest) {
  const { say, numbers } = page;
  const there = link({ view: "report", area: each.area, period: each.period, lang: page.language }, { alone: true });
  const decision = each.decisions.at(-1);
  const moments = [say("report.submitted_on", { moment: numbers.moment(each.submitted_at) }), decision ? say("report.decided_on", { moment: numbers.moment(decision.decided_at), status: page.code("report_status", decision.status) }) : null];
  const isReturned = each.status === "returned";
  return h("li", { id: `own-${each.id}` }, h("a", { href: there }, numbers.period(each.period)), statusOf(each.status, page.words),
    h("p", {}, moments.filter(Boolean).join(page.comma)),
    isReturned && decision ? h("blockquote", { class: "quote small" }, page.code("return_reason", decision.reason_code), page.words.page.colon, decision.reason) : null,
    isReturned && isNewest ? h("p", {}, h("a", { href: there }, say("report.redo"))) : null,
    !isOff && each.allowed_actions.includes("withdraw") ? h("p", {}, h("button", { type: "button", class: "btn", onclick: () => withdraw(page, each) }, say("report.withdraw"))) : null);
}

async function withdraw(page, { id, period }) {
  const told = { period: page.numbers.period(period) };
  state.told = await write("POST", `/plans/${page.choices.plan}/reports/${id}/withdraw`, { content: {}, language: page.language })
    .then(() => page.say("report.withdrawn", told), (problem) => (problem.status ? problem.message : page.say("unreachable")));
  page.redraw();
  page.refresh();
}
