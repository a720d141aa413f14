// A clerk's quarter: the form, prefilled and checked as one types; the file; what was reported so far.

import { h } from "../dom.js";
import { whoIsHere } from "../heldkey.js";
import { check, draftOf, fieldsOf, hasError, isKept, isLeft, isOpenQuery, isSent, submit } from "../report/draft.js";
import { fieldOf } from "../report/field.js";
import { recordsOf } from "../report/records.js";
import { workbookOf } from "../report/workbook.js";
import { go, link } from "../url.js";

const PAUSE_MS = 500;
let waiting = null;

export async function load(page) {
  const caller = await whoIsHere(page);
  const root = `/plans/${page.choices.plan}`;
  const [areas, periods, indicators] = await Promise.all(["/areas", "/periods", "/indicators"].map((path) => page.read(root + path)));
  page.areaNames = new Map(areas.items.map((each) => [each.code, each[`name_${page.language}`]]));
  const area = page.choices.area ?? mineOf(areas, caller)[0]?.code;
  const period = page.choices.period ?? openOf(periods)[0]?.period;
  const [observations, reports] = await Promise.all([
    page.read(`${root}/observations`, { area, view: "provisional", limit: 1000 }),
    page.read(`${root}/reports`, { area, limit: 1000 }),
  ]);
  return { caller, areas, periods, indicators, area, period, observations, reports };
}

const mineOf = (areas, caller) => areas.items.filter((each) => each.reports && (!caller.areas.length || caller.areas.includes(each.code)));
const openOf = (periods) => periods.items.filter((each) => ["open", "late"].includes(each.state) || each.extended_areas.length).reverse();

export const title = (page, { period }) => `${page.say("views.report")} ${page.numbers.period(period)}`;

export function draw(page, read) {
  const { say, numbers } = page;
  const data = { ...read, mine: mineOf(read.areas, read.caller), open: openOf(read.periods) };
  const name = page.areaNames.get(data.area) ?? data.area;
  if (!data.mine.length || !data.period) return [h("h1", { class: "headline" }, say("views.report")), h("p", { class: "notice is-none" }, say("report.nothing_to_report"))];
  const draft = draftOf(`${page.choices.plan} ${data.area} ${data.period}`);
  const newest = newestOf(data);
  const known = { ...data, returned: newest?.status === "returned" ? newest : null };
  const fields = fieldsOf(page, known, draft);
  const due = data.open.find((each) => each.period === data.period)?.due_on;
  const isOff = Boolean(page.choices.as_of);
  return [
    h("p", { class: "eyebrow" }, name),
    h("h1", { class: "headline" }, say("report.headline", { period: numbers.period(data.period) })),
    h("p", { class: "lead" }, say("report.count", { count: fields.length }), due ? say("report.due", { day: numbers.day(due) }) : "", say("report.done", { count: fields.length - fields.filter(isLeft).length })),
    pickers(page, data),
    known.returned ? returnedNotice(page, known.returned) : null,
    h("div", { class: "formgrid" }, form(page, data, draft, fields, isOff), h("aside", { class: "stack" }, workbookOf(page, data, isOff), recordsOf(page, data, isOff))),
  ];
}

const newestOf = ({ reports, period }) => reports.items.filter((each) => each.period === period).sort((one, other) => other.revision - one.revision)[0];

function pickers(page, data) {
  const { say, numbers } = page;
  const state = (period) => {
    const newest = newestOf({ ...data, period });
    return newest ? `${numbers.period(period)} · ${page.code("report_status", newest.status)}` : numbers.period(period);
  };
  return h("form", { class: "pick", "aria-label": say("report.pick"), onsubmit: (event) => event.preventDefault() },
    choose(say("area"), "area", data.mine.map((each) => [each.code, page.areaNames.get(each.code)]), data.area),
    choose(say("period"), "period", data.open.map((each) => [each.period, state(each.period)]), data.period),
    h("p", { class: "wide last small muted" }, say("report.nothing_saved")));
}

const choose = (label, name, options, value) => h("div", {}, h("label", { for: `pick-${name}` }, label),
  h("select", { id: `pick-${name}`, onchange: (event) => go(link({ [name]: event.target.value })) }, options.map(([code, text]) => h("option", { value: code, selected: code === value }, text))));

function returnedNotice(page, report) {
  const decision = report.decisions.at(-1);
  return h("div", { class: "notice is-bad", id: "returned" }, h("p", {}, h("b", {}, page.say("report.returned", { code: page.code("return_reason", decision.reason_code) }))),
    h("p", {}, decision.reason), h("p", { class: "small" }, page.say("report.returned_next")));
}

function form(page, data, draft, fields, isOff) {
  const { say } = page;
  const inForm = () => ({ ...data, fields: fieldsOf(page, { ...data, returned: newestOf(data)?.status === "returned" ? newestOf(data) : null }, draft) });
  const recheck = async () => (await check(page, draft, inForm())) && page.redraw();
  const change = (indicator) => (changes) => {
    draft.type(indicator, changes);
    page.redraw();
    clearTimeout(waiting);
    waiting = setTimeout(recheck, PAUSE_MS);
  };
  const send = async (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    await submit(page, draft, inForm());
    page.redraw();
    page.refresh();
  };
  return h("form", { class: "panel", id: "report", "aria-label": say("report.figures"), onsubmit: send, novalidate: true }, h("h2", { class: "sr" }, say("report.figures")),
    fields.map((each) => fieldOf(page, each, change(each.indicator), isOff)), foot(page, draft, fields, recheck, isOff));
}

/** What is left to do, and why Submit is off. */
function foot(page, draft, fields, recheck, isOff) {
  const { say } = page;
  const counts = { errors: fields.filter(hasError).length, queries: fields.filter(isOpenQuery).length, sent: fields.filter(isSent).length, left: fields.filter(isLeft).length, kept: fields.filter(isKept).length };
  const isOpen = counts.errors + counts.queries > 0;
  const reason = isOff ? "past" : isOpen ? "open" : !counts.sent ? "nothing" : counts.left && !draft.isPartial ? "left" : null;
  const told = draft.sent ? say(draft.sent.applied ? "report.sent" : "report.nothing_new", { id: draft.sent.reports?.[0]?.id ?? "" }) : null;
  const failed = draft.failed && !draft.failed.errors.some((each) => each.indicator);
  return h("div", { class: "bar-end" },
    failed ? h("p", { class: "notice is-bad", role: "alert" }, draft.failed.status ? `${draft.failed.title} ${draft.failed.message}` : say("unreachable")) : null,
    told ? h("p", { class: draft.sent.applied ? "notice is-good" : "notice is-none", id: "sent" }, told) : null,
    h("div", { class: "row end" }, h("div", { role: "status", id: "left" }, told ? null : [h("b", {}, say(`report.foot.${reason ?? "ready"}`, counts)), h("p", { class: "small muted" }, say(`report.why.${reason ?? "ready"}`, counts)),
      counts.sent && counts.left && !isOpen && !isOff ? h("label", { class: "check" }, h("input", { type: "checkbox", id: "partial", checked: draft.isPartial, onchange: (event) => { draft.isPartial = event.target.checked; page.redraw(); } }), say("report.partial", counts)) : null]),
      h("span", { class: "row" }, h("button", { type: "button", class: "btn", disabled: isOff, onclick: recheck }, say("report.recheck")), h("button", { class: "btn main", id: "submit", disabled: Boolean(reason) }, say("report.submit")))));
}
