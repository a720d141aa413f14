// What waits for a decision: the riskiest first, each figure beside the last one and the year before.

import { write } from "../api.js";
import { h } from "../dom.js";
import { callerOf, whoIsHere } from "../heldkey.js";
import { link } from "../url.js";

const CODES = ["wrong_value", "wrong_period", "wrong_unit", "incomplete", "unexplained", "other"];
const ticked = new Set();
const state = { told: null, isBad: false };

export async function load(page) {
  const caller = await whoIsHere(page);
  const root = `/plans/${page.choices.plan}`;
  const [queue, areas, indicators] = await Promise.all([
    page.read(`${root}/reports`, { status: "submitted", limit: 200 }), page.read(`${root}/areas`), page.read(`${root}/indicators`)]);
  page.areaNames = new Map(areas.items.map((each) => [each.code, each[`name_${page.language}`]]));
  const report = queue.items.find((each) => each.id === page.choices.report) ?? risky(queue.items)[0] ?? null;
  const figures = report ? await page.read(`${root}/observations`, { area: report.area, limit: 1000 }) : null;
  return { caller, queue, indicators, report, figures };
}

const risky = (items) => [...items].sort((one, other) => other.risk - one.risk);

export function draw(page, data) {
  const { say } = page;
  const { queue, caller, report } = data;
  return [
    h("p", { class: "eyebrow" }, callerOf(page, caller)),
    h("h1", { class: "headline" }, queue.items.length ? say("review.headline", { count: queue.items.length }) : say("review.empty")),
    state.told ? h("p", { class: state.isBad ? "find is-bad" : "find is-good", role: "status" }, state.told) : null,
    queue.items.length ? h("div", { class: "two near review" }, queueOf(page, data), report ? openReport(page, data) : null) : null,
  ];
}

const mayDecide = (report) => report.allowed_actions.includes("approve");

function queueOf(page, { queue, report }) {
  const { say, numbers } = page;
  const toggle = (id) => (event) => { event.target.checked ? ticked.add(id) : ticked.delete(id); page.redraw(); };
  const chosen = queue.items.filter((each) => ticked.has(each.id) && mayDecide(each));
  const approveAll = () => decide(page, "/reports/decisions", { decisions: chosen.map((each) => ({ report: each.id, decision: "approve" })) }, say("review.approved_many", { count: chosen.length }));
  return h("section", { class: "panel" }, h("h2", {}, say("review.queue")), h("p", { class: "sub" }, say("review.queue_sub")),
    h("ul", { class: "stack queue" }, risky(queue.items).map((each) => h("li", { id: `q-${each.id}`, class: each.id === report?.id ? "row current" : "row" },
      h("input", { type: "checkbox", id: `tick-${each.id}`, disabled: !mayDecide(each), checked: ticked.has(each.id), "aria-label": say("review.tick", { area: page.areaNames.get(each.area) }), onchange: toggle(each.id) }),
      h("a", { href: link({ report: each.id }), "aria-current": each.id === report?.id ? "true" : null }, `${page.areaNames.get(each.area)} ${numbers.period(each.period)}`),
      h("span", { class: "small muted" }, mayDecide(each) ? [each.queries ? say("review.queries", { count: each.queries }) : say("review.no_queries"), each.late ? ` · ${say("review.late")}` : ""] : say("review.own"))))),
    h("p", { class: "row end" }, h("button", { type: "button", class: "btn main", disabled: !chosen.length, onclick: approveAll }, say("review.approve_many", { count: chosen.length }))));
}

async function decide(page, path, content, told) {
  try {
    await write("POST", `/plans/${page.choices.plan}${path}`, { content, language: page.language, id: crypto.randomUUID() });
    Object.assign(state, { told, isBad: false });
    ticked.clear();
  } catch (problem) {
    const errors = problem.errors.map((each) => each.message).join(" ");
    Object.assign(state, { told: problem.status ? `${problem.message} ${errors}`.trim() : page.say("unreachable"), isBad: true });
  }
  page.redraw();
  page.refresh();
}

function openReport(page, data) {
  const { say, numbers } = page;
  const { report, indicators } = data;
  const root = `/reports/${report.id}`;
  const name = { area: page.areaNames.get(report.area), period: numbers.period(report.period) };
  const sendBack = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    decide(page, `${root}/return`, { reason_code: form.get("code"), reason: form.get("reason") }, say("review.returned", name));
  };
  return h("section", { class: "panel", id: `open-${report.id}` }, h("h2", {}, `${name.area} ${name.period}`),
    h("p", { class: "sub" }, say("review.sent", { moment: numbers.moment(report.submitted_at) }), report.resubmits ? ` ${say("review.resubmits")}` : ""),
    report.correction_reason ? h("p", { class: "notice is-none" }, say("report.correction_reason"), page.words.page.colon, report.correction_reason) : null,
    h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("review.figures") }, h("table", {}, h("thead", {}, h("tr", {}, ["indicator", "now", "last", "year_ago", "yoy"].map((each, at) => h("th", { scope: "col", class: at ? "num" : null }, say(each === "yoy" ? "yoy" : `review.${each}`))))),
      h("tbody", {}, report.figures.map((figure) => figureRows(page, figure, data, indicators))))),
    mayDecide(report) ? [
      h("p", { class: "row" }, h("button", { type: "button", class: "btn main", onclick: () => decide(page, `${root}/approve`, {}, say("review.approved", name)) }, say("review.approve"))),
      h("details", { id: "return" }, h("summary", {}, say("review.return")), h("form", { onsubmit: sendBack, class: "stack" },
        h("label", { for: "code" }, say("review.code")), h("select", { id: "code", name: "code" }, CODES.map((code) => h("option", { value: code }, page.code("return_reason", code)))),
        h("label", { for: "reason" }, say("review.reason")), h("textarea", { id: "reason", name: "reason", rows: 3, required: true }),
        h("p", {}, h("button", { class: "btn" }, say("review.send_back")))))] : h("p", { class: "notice is-none" }, say("review.own")));
}

function figureRows(page, figure, { report, figures, indicators }) {
  const { numbers } = page;
  const definition = indicators.items.find((each) => each.code === figure.indicator);
  const known = figures.items.filter((each) => each.indicator === figure.indicator && each.value !== null);
  const last = known.filter((each) => each.period < report.period).sort((one, other) => one.period.localeCompare(other.period)).at(-1);
  const before = known.find((each) => each.period === `${Number(report.period.slice(0, 4)) - 1}${report.period.slice(4)}`);
  const comparable = before && before.basis === figure.basis && before.value && figure.value !== null;
  const cell = (one) => h("td", { class: "num" }, one ? [page.value(one.value, one.unit), h("small", { class: "muted" }, ` ${numbers.period(one.period)}`)] : "—");
  const found = report.findings.filter((each) => each.indicator === figure.indicator);
  return [
    h("tr", {}, h("th", { scope: "row" }, definition?.[`name_${page.language}`] ?? figure.indicator),
      h("td", { class: "num" }, figure.value === null ? page.code("missing_reason", figure.missing_reason) : page.value(figure.value, figure.unit), figure.previous_value === null ? null : h("small", { class: "muted" }, ` ${page.say("review.was", { value: numbers.text(figure.previous_value, figure.unit) })}`)),
      cell(last), cell(before), h("td", { class: "num" }, comparable ? numbers.signedPercent(100 * (figure.value / before.value - 1)) : "—")),
    found.length || figure.explanation ? h("tr", {}, h("td", { colspan: 5 }, found.map((each) => h("p", { class: "find" }, each.message)), figure.explanation ? h("p", {}, h("b", {}, page.say("report.explanation")), page.words.page.colon, figure.explanation) : null)) : null,
  ];
}
