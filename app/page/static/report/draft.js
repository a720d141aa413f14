// A report that is being filled in: what is known, what was typed, and what the API finds in it.

import { write } from "../api.js";
import { h } from "../dom.js";

const COLUMNS = ["area", "period", "indicator", "value", "unit", "basis", "missing_reason", "explanation", "correction_reason", "note"];
export const BASES = { annual_flow: ["ytd", "quarter"], increment: ["since_start", "ytd", "quarter"], level: ["level"] };
/** The units that an indicator is reported in, and what one of each is in its own. */
export const UNITS = {
  人: { 人: 1, 万人: 10000 },
  平方米: { 平方米: 1, 万平方米: 10000, 公顷: 10000 },
  亿元: { 亿元: 1, 万元: 0.0001, 元: 0.00000001 },
  个: { 个: 1, 万个: 10000 },
};
// Of these a last figure may still be true a quarter later; a running total of the year never is.
const LASTING = new Set(["level", "since_start"]);
const SAID = /[\p{L}\p{N}]/u;
const PREFIX = "dabiao-draft ";
const drafts = new Map();

/** What is typed for one area and period. It stays through polls, reloads and a change of language. */
class Draft {
  constructor(name) {
    this.name = name;
    this.typed = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "{}");
    this.clear();
  }

  clear() {
    this.id = crypto.randomUUID();
    this.findings = {};
    this.failed = null;
    this.isPartial = false;
    this.turn = 0;
  }

  type(indicator, changes) {
    this.typed[indicator] = { ...this.typed[indicator], ...changes };
    // One attempt, one id: a click that is repeated makes no second report.
    this.id = crypto.randomUUID();
    this.sent = null;
    sessionStorage.setItem(PREFIX + this.name, JSON.stringify(this.typed));
  }

  forget() {
    this.typed = {};
    this.clear();
    sessionStorage.removeItem(PREFIX + this.name);
  }
}

export function draftOf(name) {
  if (!drafts.has(name)) drafts.set(name, new Draft(name));
  return drafts.get(name);
}

/** The fields of the form: each with what is known of its indicator and what it is to be. */
export function fieldsOf(page, { period, indicators, observations, returned }, draft) {
  const isDue = (each) => each.measure === "reported" && (each.frequency !== "year" || period.endsWith("Q4"));
  return indicators.items.filter(isDue).map((definition) => {
    const figures = observations.items.filter((each) => each.indicator === definition.code);
    const valued = figures.filter((each) => each.value !== null);
    const last = valued.filter((each) => each.period < period).sort((one, other) => one.period.localeCompare(other.period)).at(-1);
    const yearAgo = valued.find((each) => each.period === yearBefore(period));
    const live = figures.find((each) => each.period === period);
    const field = { indicator: definition.code, definition, last, yearAgo, live, findings: draft.findings[definition.code] ?? [] };
    const start = startOf(page, field, returned?.figures.find((each) => each.indicator === definition.code));
    return { ...field, ...start, ...draft.typed[definition.code], isTyped: Boolean(draft.typed[definition.code]) };
  });
}

export const yearBefore = (period) => `${Number(period.slice(0, 4)) - 1}${period.slice(4)}`;

/** What a field holds before anything is typed: what was returned, what is on record, or the last figure. */
function startOf(page, { definition, live, last }, returned) {
  const texts = { explanation: "", correction_reason: "" };
  const figure = returned ?? live;
  const basis = figure?.basis ?? last?.basis ?? BASES[definition.accumulation]?.[0] ?? "level";
  const unit = figure?.reported_unit ?? last?.reported_unit ?? definition.unit;
  const shown = (one) => (one.reported_value === null ? "" : page.numbers.fixed(one.reported_value));
  if (returned) return { start: "returned", value: shown(returned), unit, basis, missing_reason: returned.missing_reason ?? "", ...texts, explanation: returned.explanation ?? "" };
  if (live) return { start: "live", value: shown(live), unit, basis, missing_reason: live.missing_reason ?? "", ...texts };
  const isLasting = last && LASTING.has(last.basis);
  return { start: isLasting ? "kept" : "blank", value: isLasting ? shown(last) : "", unit, basis, missing_reason: "", ...texts };
}

/** A number as people type it, as the API takes it: 13,260 is 13260. */
export function plain(text) {
  const typed = text.normalize("NFKC").trim().replace(/^−/, "-");
  return /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(typed) ? typed.replaceAll(",", "") : typed;
}

/** The number in the indicator's own unit; null where none is typed. */
export function amount({ value, unit, definition }) {
  const number = Number(plain(value) || "x");
  const factor = UNITS[definition.unit]?.[unit] ?? 1;
  return Number.isNaN(number) ? null : Number((number * factor).toPrecision(12));
}

/** A value of `canonical` as it reads in the unit that is reported; the exact one on hover. */
export function inUnit(page, value, canonical, unit) {
  const shown = Number((value / (UNITS[canonical]?.[unit] ?? 1)).toPrecision(12));
  return h("data", { value, title: page.numbers.quantity(value, canonical).exact }, page.numbers.fixed(shown, Number.isInteger(shown) ? 0 : 2));
}

export const isBlank = (field) => !field.value && !field.missing_reason;
/** Whether a figure that nobody confirmed is shown, from the last period. */
export const isKept = (field) => field.start === "kept" && !field.isTyped;

/** Whether a field goes into the report: it says something, and something new. */
export function isSent(field) {
  if (isBlank(field) || isKept(field)) return false;
  if (!field.live || field.start === "returned") return true;
  const { live } = field;
  const isSameMissing = field.missing_reason === (live.missing_reason ?? "");
  const isSame = isSameMissing && (field.missing_reason || (plain(field.value) === String(live.reported_value) && field.unit === live.reported_unit && field.basis === live.basis));
  return field.isTyped && !isSame;
}

/** Whether a field is still to be filled in: one that was emptied is, whatever is on record. */
export const isLeft = (field) => (isBlank(field) ? field.isTyped || !field.live : !field.live && !isSent(field));
export const hasError = (field) => field.findings.some((each) => each.severity === "error");
export const isOpenQuery = (field) => field.findings.some((each) => each.severity === "query") && !SAID.test(field.explanation);

/** What the API finds in the figures; nothing is stored. False where a newer check has begun. */
export async function check(page, draft, { fields, area, period }) {
  const mine = ++draft.turn;
  const sent = fields.filter(isSent);
  const found = sent.length ? await dryRun(page, sent, area, period).catch((problem) => problem) : [];
  if (mine !== draft.turn) return false;
  draft.failed = found instanceof Error ? found : null;
  if (!draft.failed) draft.findings = byIndicator(found);
  return true;
}

function byIndicator(findings) {
  const found = {};
  for (const each of findings) if (each.indicator) (found[each.indicator] ??= []).push(each);
  return found;
}

function dryRun(page, fields, area, period) {
  const parameters = { dry_run: true, mode: "partial" };
  return send(page, fields, area, period, parameters).then(({ answer }) => answer.findings, findingsOf);
}

function findingsOf(problem) {
  const isAboutFields = problem.errors.length && problem.errors.every((each) => each.indicator);
  if (!isAboutFields) throw problem;
  return problem.errors;
}

/** Submit. What the API refuses is kept as findings of the fields. */
export async function submit(page, draft, { fields, area, period }) {
  draft.turn += 1;
  try {
    const { answer } = await send(page, fields.filter(isSent), area, period, {}, draft.id);
    draft.forget();
    draft.sent = answer;
  } catch (problem) {
    if (!problem.errors) throw problem;
    draft.failed = problem;
    draft.findings = byIndicator(problem.errors);
  }
}

/** The figures as a file, so that what is found is told in a clerk's words. */
function send(page, fields, area, period, parameters, id) {
  const lines = fields.map((each) => [area, period, each.indicator, each.missing_reason ? "" : plain(each.value), each.missing_reason ? "" : each.unit,
    each.missing_reason ? "" : each.basis, each.missing_reason, each.explanation, each.correction_reason, ""]);
  const content = new Blob([[COLUMNS, ...lines].map((line) => line.map(quoted).join(",")).join("\r\n")], { type: "text/csv" });
  return write("POST", `/plans/${page.choices.plan}/reports/batch`, { parameters, content, type: "text/csv", language: page.language, id });
}

const quoted = (text) => `"${String(text ?? "").replaceAll('"', '""')}"`;
