// What waits for a decision: the riskiest first, each figure beside the last one and the year before.

import { write } from "../api.js";
import { h } from "../dom.js";
import { whoIsHere } from "../heldkey.js";
import { capital } from "../marks.js";
import { afterOf, follow } from "../review/after.js";
import { figuresOf } from "../review/figures.js";
import { mayDecide, queueOf } from "../review/queue.js";
import { go, link } from "../url.js";

const CODES = ["wrong_value", "wrong_period", "wrong_unit", "incomplete", "unexplained", "other"];
const STATES = ["submitted", "approved", "returned"];
const MOST_DECIDED = 50;
const ticked = new Set();
// What was written about each report and is not sent yet, and what became of the last decision.
const remarks = new Map();
const state = { told: null, isBad: false };

export async function load(page) {
  const caller = await whoIsHere(page);
  const { plan, period, report: chosen, status = "submitted" } = page.choices;
  const root = `/plans/${plan}`;
  const isDecided = status !== "submitted";
  const [queue, decided, areas, indicators, head] = await Promise.all([
    page.read(`${root}/reports`, { status: "submitted", limit: 1000 }),
    isDecided ? page.read(`${root}/reports`, { status, period, sort: "-submitted_at", limit: MOST_DECIDED }) : null,
    page.read(`${root}/areas`), page.read(`${root}/indicators`), page.read(root)]);
  page.areaNames = new Map(areas.items.map((each) => [each.code, each[`name_${page.language}`]]));
  const list = isDecided ? decided.items : risky(queue.items).filter((each) => !period || each.period === period);
  const report = list.find((each) => each.id === chosen) ?? list[0] ?? null;
  if (!report) return { caller, queue, decided, indicators, report };
  const [figures, present, follows] = await Promise.all([
    page.read(`${root}/observations`, { area: report.area, indicator: report.figures.map((each) => each.indicator), limit: 1000 }),
    page.read(`${root}/gaps`, { area: head.root_area, period: report.period, limit: 1000 }),
    follow(page, report, head.revision)]);
  return { caller, queue, decided, indicators, report, figures, present, follows };
}

// What one may not decide comes last.
const risky = (items) => [...items].sort((one, other) => mayDecide(other) - mayDecide(one) || other.risk - one.risk || one.revision - other.revision);

export function draw(page, data, plan) {
  const { say, choices } = page;
  const waiting = data.queue.items;
  const list = data.decided?.items ?? risky(waiting).filter((each) => !choices.period || each.period === choices.period);
  return [
    h("h1", { class: "headline" }, waiting.length ? say("review.headline", { count: waiting.length }) : say("review.empty")),
    waiting.length ? h("p", { class: "lead" }, leadOf(page, data)) : null,
    state.told ? h("p", { class: `notice ${state.isBad ? "is-bad" : "is-good"}`, id: "told", role: "status" }, state.told) : null,
    pickers(page, waiting),
    list.length ? h("div", { class: "desk" }, queueOf(page, { ...data, list }, { ticked, decide: (chosen) => decideMany(page, chosen) }),
      data.report ? openReport(page, { ...data, list }, plan) : null) : h("p", { class: "notice is-none" }, say("review.none_here")),
  ];
}

function leadOf(page, { queue, caller }) {
  const own = queue.items.filter((each) => each.submitted_by === caller.owner);
  const others = queue.items.filter((each) => each.submitted_by !== caller.owner);
  const counts = {
    asked: others.filter((each) => each.queries).length, again: others.filter((each) => each.resubmits && !each.queries).length,
    clean: others.filter((each) => !each.queries && !each.resubmits).length, own: own.length,
  };
  const told = Object.entries(counts).filter(([, count]) => count).map(([name, count]) => page.say(`review.lead.${name}`, { count }));
  return told.join(page.comma) + (page.language === "zh" ? "。" : ".");
}

function pickers(page, waiting) {
  const { say, choices, numbers } = page;
  const periods = [...new Set([...waiting.map((each) => each.period), choices.period].filter(Boolean))].sort().reverse();
  const status = choices.status ?? "submitted";
  return h("form", { class: "pick", "aria-label": say("filters"), onsubmit: (event) => event.preventDefault() },
    h("div", {}, h("label", { for: "pick-period" }, say("period")), h("select", { id: "pick-period", onchange: (event) => go(link({ period: event.target.value, report: null })) },
      h("option", { value: "" }, say("review.all_periods")), periods.map((each) => h("option", { value: each, selected: each === choices.period }, numbers.period(each))))),
    h("fieldset", { class: "wide" }, h("legend", {}, say("review.status")), h("div", { class: "seg" }, STATES.map((each) => h("label", {},
      h("input", { type: "radio", name: "status", id: `status-${each}`, checked: each === status, onchange: () => go(link({ status: each === "submitted" ? null : each, report: null })) }),
      `${capital(page.code("report_status", each))}${each === "submitted" ? ` ${waiting.length}` : ""}`)))));
}

function openReport(page, data, plan) {
  const { say, numbers } = page;
  const { report, list } = data;
  const at = list.findIndex((each) => each.id === report.id);
  const next = list[at + 1];
  const place = h("p", { class: "row small muted" }, say("review.place", { at: at + 1, count: list.length }), next ? h("a", { href: link({ report: next.id }) }, say("review.next")) : null);
  const about = [report.late ? say("review.late") : say("review.in_time"), report.resubmits ? say("review.resubmits") : null, numbers.moment(report.submitted_at), report.submitted_by];
  return h("section", { class: "panel", id: `open-${report.id}`, "aria-labelledby": "opened" },
    h("div", { class: "row end" }, h("h2", { id: "opened" }, `${page.areaNames.get(report.area)} · ${numbers.period(report.period)}`), h("span", { class: "small muted" }, about.filter(Boolean).join(" · "))),
    h("p", { class: "sub" }, say("review.table_sub")),
    report.correction_reason ? h("p", { class: "quote reason" }, h("span", { class: "muted small block" }, say("report.correction_reason")), report.correction_reason) : null,
    figuresOf(page, data),
    report.status === "submitted" ? afterOf(page, data, plan) : report.decisions.map((each) => decisionOf(page, each)),
    report.status !== "submitted" ? place : mayDecide(report) && !page.choices.as_of ? decideForm(page, report, place) : [h("p", { class: "notice is-none" }, say(report.submitted_by === data.caller.owner ? "review.own" : "review.no_right")), place]);
}

function decisionOf(page, { status, decided_at, decided_by, reason_code, reason, note }) {
  const about = `${page.code("report_status", status)} · ${page.numbers.moment(decided_at)} · ${decided_by}`;
  return h("div", { class: "notice is-none" }, h("p", { class: "small muted" }, about), reason_code ? h("p", {}, page.code("return_reason", reason_code), page.words.page.colon, reason) : note ? h("p", {}, note) : null);
}

/** Approve, perhaps with a remark; or return with a reason. */
function decideForm(page, report, place) {
  const { say, numbers } = page;
  const said = remarks.get(report.id) ?? { note: "", code: "", isAsked: false };
  remarks.set(report.id, said);
  const root = `/reports/${report.id}`;
  const name = { area: page.areaNames.get(report.area), period: numbers.period(report.period) };
  const set = (field) => (event) => { said[field] = event.target.value; };
  const approve = () => decide(page, `${root}/approve`, said.note.trim() ? { note: said.note.trim() } : {}, say("review.approved", name), [report.id]);
  const sendBack = () => {
    said.isAsked = !(said.code && said.note.trim());
    if (!said.isAsked) return decide(page, `${root}/return`, { reason_code: said.code, reason: said.note.trim() }, say("review.returned", name), [report.id]);
    page.redraw();
    document.getElementById(said.code ? "note" : "code").focus();
  };
  return h("div", { class: "stack decide" },
    h("div", { class: "two" },
      h("div", {}, h("label", { for: "note" }, h("b", {}, say("review.note")), " ", h("span", { class: "muted small" }, say("review.note_hint"))), h("textarea", { id: "note", rows: 2, value: said.note, oninput: set("note") })),
      h("div", {}, h("label", { for: "code" }, h("b", {}, say("review.code"))), h("div", {}, h("select", { id: "code", onchange: set("code") }, h("option", { value: "" }, say("review.no_return")), CODES.map((code) => h("option", { value: code, selected: code === said.code }, page.code("return_reason", code))))))),
    said.isAsked ? h("p", { class: "find is-bad", role: "alert" }, say("review.reason_needed")) : null,
    h("div", { class: "row end bar-end" }, place, h("span", { class: "row" }, h("button", { type: "button", class: "btn", id: "return", onclick: sendBack }, say("review.return")), h("button", { type: "button", class: "btn main", id: "approve", onclick: approve }, say("review.approve")))));
}

const decideMany = (page, chosen) => decide(page, "/reports/decisions", { decisions: chosen.map((each) => ({ report: each.id, decision: "approve" })) }, page.say("review.approved_many", { count: chosen.length }), chosen.map((each) => each.id));

async function decide(page, path, content, told, ids) {
  try {
    await write("POST", `/plans/${page.choices.plan}${path}`, { content, language: page.language, id: crypto.randomUUID() });
    Object.assign(state, { told, isBad: false });
    for (const id of ids) ticked.delete(id), remarks.delete(id);
  } catch (problem) {
    const errors = problem.errors.map((each) => each.message).join(" ");
    Object.assign(state, { told: problem.status ? `${problem.title} ${problem.message} ${errors}`.trim() : page.say("unreachable"), isBad: true });
  }
  page.redraw();
  page.refresh();
}
