// A clerk's quarter: the form, prefilled; what is found as one types; the file; one's own reports.

import { address, fetchFile, write } from "../api.js";
import { check, isGiven, submit } from "../draft.js";
import { h } from "../dom.js";
import { callerOf, whoIsHere } from "../heldkey.js";
import { go, link } from "../url.js";

const PAUSE_MS = 500;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const BASES = { annual_flow: ["ytd", "quarter"], increment: ["since_start", "ytd", "quarter"], level: ["level"] };
const LARGER = { 人: ["人", "万人"], 平方米: ["平方米", "万平方米", "公顷"], 亿元: ["亿元", "万元", "元"], 个: ["个", "万个"] };
// What is typed stays until it is sent, through every poll.
const drafts = new Map();

export async function load(page) {
  const caller = await whoIsHere(page);
  const [areas, periods, indicators] = await Promise.all(["/areas", "/periods", "/indicators"].map((path) => page.read(`/plans/${page.choices.plan}${path}`)));
  page.areaNames = new Map(areas.items.map((each) => [each.code, page.name(each, "name") ?? each[`name_${page.language}`]]));
  const mine = areas.items.filter((each) => each.reports && (!caller.areas?.length || caller.areas.includes(each.code)));
  const open = periods.items.filter((each) => ["open", "late", "due"].includes(each.state) || each.extended_areas?.length).map((each) => each.period).reverse();
  const area = page.choices.area ?? mine[0]?.code;
  const period = page.choices.period ?? open[0];
  const [observations, reports, completeness] = await Promise.all([
    page.read(`/plans/${page.choices.plan}/observations`, { area, view: caller.role === "reporter" || caller.role === "reviewer" || caller.role === "administrator" ? "provisional" : null, limit: 1000 }),
    page.read(`/plans/${page.choices.plan}/reports`, { area, limit: 20, sort: "-revision" }).catch(() => page.read(`/plans/${page.choices.plan}/reports`, { area, limit: 200 })),
    page.read(`/plans/${page.choices.plan}/completeness`, { area, period }),
  ]);
  return { caller, areas: mine, periods: open, indicators, area, period, observations, reports, completeness };
}

export function draw(page, data) {
  const { say, numbers } = page;
  const draft = draftOf(page, data);
  return [
    h("p", { class: "eyebrow" }, callerOf(page, data.caller)),
    h("h1", { class: "headline" }, say("report.headline", { area: page.areaNames.get(data.area) ?? "", period: numbers.period(data.period) })),
    h("form", { class: "pick", onsubmit: (event) => event.preventDefault() }, choose(say("area"), "area", data.areas.map((each) => [each.code, page.areaNames.get(each.code)]), data.area),
      choose(say("period"), "period", data.periods.map((each) => [each, numbers.period(each)]), data.period)),
    h("div", { class: "formgrid" }, form(page, data, draft), h("div", { class: "stack" }, fileOf(page, data), own(page, data))),
  ];
}

const choose = (label, name, options, value) => h("div", {}, h("label", { for: `pick-${name}` }, label),
  h("select", { id: `pick-${name}`, onchange: (event) => go(link({ [name]: event.target.value })) }, options.map(([code, text]) => h("option", { value: code, selected: code === value }, text))));

function draftOf(page, { area, period, indicators, observations }) {
  const name = `${page.choices.plan} ${area} ${period}`;
  if (drafts.has(name)) return drafts.get(name);
  const due = indicators.items.filter((each) => each.measure === "reported" && (each.frequency !== "year" || period.endsWith("Q4")));
  const fields = due.map((each) => {
    const figures = observations.items.filter((one) => one.indicator === each.code && one.value !== null);
    const last = figures.filter((one) => one.period < period).sort((one, other) => one.period.localeCompare(other.period)).at(-1);
    const live = figures.find((one) => one.period === period);
    const yearAgo = figures.find((one) => one.period === `${Number(period.slice(0, 4)) - 1}${period.slice(4)}`);
    return { indicator: each.code, definition: each, live, last, yearAgo, value: live ? String(live.reported_value) : "", unit: (live ?? last)?.reported_unit ?? each.unit, basis: (live ?? last)?.basis ?? BASES[each.accumulation]?.[0] ?? "level", missing_reason: "", explanation: "", correction_reason: "", findings: [] };
  });
  const draft = { fields, id: crypto.randomUUID(), sent: null, failed: null };
  drafts.set(name, draft);
  return draft;
}

function form(page, data, draft) {
  const { say } = page;
  let waiting = null;
  const changed = () => {
    clearTimeout(waiting);
    draft.sent = null;
    draft.id = crypto.randomUUID();
    waiting = setTimeout(async () => {
      const found = await check(page, draft.fields, data.area, data.period).catch((problem) => { draft.failed = problem; return new Map(); });
      for (const each of draft.fields) each.findings = found.get(each.indicator) ?? [];
      page.redraw();
    }, PAUSE_MS);
  };
  const open = draft.fields.filter((each) => each.findings.some((one) => one.severity === "error" || !each.explanation));
  const given = draft.fields.filter(isGiven);
  const send = async (event) => {
    event.preventDefault();
    draft.failed = null;
    try {
      draft.sent = (await submit(page, draft.fields, data.area, data.period, draft.id)).answer;
    } catch (problem) {
      draft.failed = problem;
      for (const each of draft.fields) each.findings = problem.errors.filter((one) => one.indicator === each.indicator);
    }
    page.redraw();
    page.refresh();
  };
  return h("form", { class: "panel", id: "report", onsubmit: send, novalidate: true }, draft.fields.map((each) => field(page, each, changed)),
    h("div", { class: "row end bar" }, h("p", { class: "small", role: "status" }, draft.sent ? say(draft.sent.applied ? "report.sent" : "report.nothing_new") : open.length ? say("report.open", { count: open.length }) : say("report.given", { given: given.length })),
      h("button", { class: "btn main", disabled: open.length > 0 || !given.length || Boolean(draft.sent) }, say("report.submit"))),
    draft.failed ? h("p", { class: "find is-bad", role: "alert" }, draft.failed.status ? draft.failed.message : say("unreachable")) : null);
}

function field(page, each, changed) {
  const { say, numbers, language } = page;
  const id = `f-${each.indicator}`;
  const worst = each.findings.some((one) => one.severity === "error") ? "error" : each.findings.length ? "query" : "";
  const set = (name) => (event) => { each[name] = event.target.value.trim(); changed(); };
  const was = (name, one) => [h("dt", {}, say(name)), h("dd", {}, one ? `${numbers.text(one.value, one.unit)}（${page.code("basis", one.basis)}）` : "—")];
  const needsReason = each.findings.some((one) => one.code === "already_reported");
  const needsWords = each.findings.some((one) => one.severity === "query");
  return h("div", { class: `field ${worst}`, id: `field-${each.indicator}` },
    h("div", {}, h("label", { for: id }, each.definition[`name_${language}`]), h("p", { class: "hint" }, each.definition[`definition_${language}`]),
      h("dl", { class: "was" }, was("report.last", each.last), was("report.year_ago", each.yearAgo))),
    h("div", {}, h("div", { class: "in" }, h("input", { id, inputmode: "decimal", autocomplete: "off", value: each.value, "aria-invalid": worst === "error" ? "true" : null, "aria-describedby": `${id}-found`, oninput: set("value") }),
      h("select", { "aria-label": say("unit"), onchange: set("unit") }, (LARGER[each.definition.unit] ?? [each.definition.unit]).map((unit) => h("option", { value: unit, selected: unit === each.unit }, page.code("unit", unit))))),
      h("select", { class: "basis", "aria-label": say("report.basis"), onchange: set("basis") }, (BASES[each.definition.accumulation] ?? ["level"]).map((basis) => h("option", { value: basis, selected: basis === each.basis }, page.code("basis", basis)))),
      h("details", { class: "basis" }, h("summary", {}, say("report.none")), h("select", { "aria-label": say("report.none"), onchange: set("missing_reason") },
        h("option", { value: "" }, say("report.has_value")), ["not_applicable", "withheld", "not_yet_available", "not_reported"].map((code) => h("option", { value: code, selected: code === each.missing_reason }, page.code("missing_reason", code)))))),
    h("div", { id: `${id}-found`, class: "found" }, each.findings.map((one) => h("div", { class: one.severity === "error" ? "find is-bad" : "find" }, h("h3", {}, say(`report.${one.severity}`)), h("p", {}, one.message))),
      needsReason ? reason(page, each, "correction_reason", set) : null, needsWords ? reason(page, each, "explanation", set) : null));
}

const reason = (page, each, name, set) => h("p", {}, h("label", { for: `${name}-${each.indicator}` }, page.say(`report.${name}`)), h("textarea", { id: `${name}-${each.indicator}`, rows: 2, value: each[name], onchange: set(name) }));

function fileOf(page, { area, period }) {
  const { say, choices } = page;
  const path = `/plans/${choices.plan}/reports`;
  const save = (blob, name) => { const anchor = h("a", { href: URL.createObjectURL(blob), download: name }); anchor.click(); setTimeout(() => URL.revokeObjectURL(anchor.href), 10000); };
  const state = h("div", { id: "file-state", role: "status" }, page.fileState ?? []);
  const take = async (file) => {
    const type = file.name.endsWith(".csv") ? "text/csv" : XLSX;
    page.fileState = [h("p", { class: "small" }, say("report.reading"))];
    page.redraw();
    try {
      const { answer } = await write("POST", `${path}/batch`, { content: file, type, language: page.language, id: crypto.randomUUID() });
      page.fileState = [h("p", { class: "find is-good" }, say(answer.applied ? "report.file_taken" : "report.nothing_new"))];
    } catch (problem) {
      const annotated = type === XLSX ? h("button", { type: "button", class: "btn", onclick: async () => save(await fetchFile(`${path}/batch`, { parameters: { dry_run: true }, content: file, type, accept: XLSX, language: page.language }), `findings-${file.name}`) }, say("report.annotated")) : null;
      page.fileState = [h("div", { class: "find is-bad" }, h("p", {}, problem.status ? problem.message : say("unreachable")), h("ul", { class: "bullets" }, problem.errors.map((each) => h("li", {}, `${each.cell ?? ""} ${each.message}`.trim()))), annotated)];
    }
    page.redraw();
    page.refresh();
  };
  return h("section", { class: "panel" }, h("h2", {}, say("report.by_file")), h("p", { class: "sub" }, say("report.by_file_sub")),
    h("p", { class: "row" }, h("button", { type: "button", class: "btn", onclick: async () => save(await fetchFile(`${path}/template`, { parameters: { area, period }, language: page.language }), `${area}-${period}.xlsx`) }, say("report.template"))),
    h("label", { class: "drop", for: "file" }, say("report.drop")), h("input", { id: "file", type: "file", accept: ".xlsx,.csv", onchange: (event) => event.target.files[0] && take(event.target.files[0]) }), state);
}

function own(page, { reports }) {
  const { say, numbers } = page;
  const withdraw = async (id) => { await write("POST", `/plans/${page.choices.plan}/reports/${id}/withdraw`, { content: {}, language: page.language }); page.refresh(); };
  const rows = [...reports.items].sort((one, other) => other.revision - one.revision).slice(0, 12);
  return h("section", { class: "panel" }, h("h2", {}, say("report.own")), rows.length ? h("ul", { class: "stack" }, rows.map((each) => h("li", { id: `own-${each.id}` },
    h("b", {}, numbers.period(each.period)), ` ${page.code("report_status", each.status)} `, h("span", { class: "small muted" }, numbers.moment(each.submitted_at)),
    each.decisions.filter((one) => one.reason).map((one) => h("blockquote", { class: "quote small" }, one.reason)),
    each.status === "returned" ? h("p", {}, h("a", { href: link({ view: "report", area: each.area, period: each.period }) }, say("report.mend"))) : null,
    each.allowed_actions.includes("withdraw") ? h("button", { type: "button", class: "btn", onclick: () => withdraw(each.id) }, say("report.withdraw")) : null))) : h("p", { class: "muted" }, say("report.none_yet")));
}

export { address };
