// One figure of the form: what is known on the left, what is reported on the right, findings below.

import { h } from "../dom.js";
import { markOf } from "../marks.js";
import { BASES, UNITS, amount, hasError, inUnit, isBlank, isKept, isOpenQuery, isSent } from "./draft.js";

const MISSING = ["not_yet_available", "not_applicable", "withheld", "not_reported"];

/** `change(changes)` takes what is typed; `isOff` where nothing may be written. */
export function fieldOf(page, field, change, isOff) {
  const { say, language } = page;
  const id = `f-${field.indicator}`;
  const isMissed = isBlank(field) && field.isTyped;
  const tone = hasError(field) || isMissed ? "error" : field.findings.length ? "query" : isKept(field) ? "kept" : "";
  const name = field.definition[`name_${language}`];
  return h("div", { class: `field ${tone}`, id: `field-${field.indicator}` },
    h("div", {}, h("label", { for: id }, name),
      h("p", { class: "hint", id: `${id}-hint` }, field.definition[`definition_${language}`]), was(page, field)),
    h("div", {}, h("div", { class: "in" },
      h("input", { id, inputmode: "decimal", autocomplete: "off", value: field.value, disabled: isOff, "aria-invalid": tone === "error" ? "true" : null,
        "aria-describedby": `${id}-hint ${id}-found`, oninput: (event) => change({ value: event.target.value, missing_reason: "" }), onblur: (event) => event.target.value || field.missing_reason || field.isTyped || isOff || left(change) }),
      unitOf(page, field, name, change, isOff)), basisOf(page, field, name, change, isOff),
      isMissed ? null : h("details", { class: "basis", open: Boolean(field.missing_reason) }, h("summary", {}, h("span", {}, say("report.none"))), missing(page, field, change, isOff))),
    h("div", { id: `${id}-found`, class: "full found" }, below(page, field, { name, isMissed, change })));
}

// A field that is left blank says so; late enough that nothing moves under a click.
const left = (change) => setTimeout(() => change({ value: "" }), 200);

/** The last figure, that of a year before, and how the new one differs. */
function was(page, field) {
  const { numbers, say } = page;
  const { last, yearAgo } = field;
  const now = isKept(field) ? null : amount(field);
  const known = (one, name) => one && h("div", {}, h("dt", {}, say(name, { period: numbers.period(one.period) })), h("dd", {}, inUnit(page, one.value, one.unit, field.unit)));
  const isFlow = field.definition.accumulation === "annual_flow";
  const base = isFlow ? yearAgo : last;
  const isComparable = now !== null && base && base.basis === field.basis && (!isFlow || base.value);
  const difference = isComparable && (isFlow ? numbers.signedPercent(100 * (now / base.value - 1)) : signed(page, now - base.value, base.unit, field.unit));
  return h("dl", { class: "was" }, known(last, "report.last"), known(yearAgo, "report.year_ago"),
    h("div", {}, h("dt", {}, say(isFlow ? "yoy" : "report.change")), h("dd", {}, difference || "—")));
}

function signed(page, difference, canonical, unit) {
  const rounded = Number(difference.toFixed(8));
  return [rounded > 0 ? "+" : "", inUnit(page, rounded, canonical, unit)];
}

function unitOf(page, field, name, change, isOff) {
  const units = Object.keys(UNITS[field.definition.unit] ?? { [field.definition.unit]: 1 });
  if (units.length === 1) return h("span", {}, page.code("unit", units[0]));
  return h("select", { id: `unit-${field.indicator}`, "aria-label": page.say("report.unit_of", { name }), disabled: isOff, onchange: (event) => change({ unit: event.target.value }) },
    units.map((unit) => h("option", { value: unit, selected: unit === field.unit }, page.code("unit", unit))));
}

/** What the figure covers, in words; it is changed on demand. */
function basisOf(page, field, name, change, isOff) {
  const bases = BASES[field.definition.accumulation] ?? ["level"];
  const told = `${page.say("report.basis")}${page.words.page.colon}${page.code("basis", field.basis)}`;
  if (bases.length === 1) return h("p", { class: "fixed small muted" }, told);
  return h("details", { class: "basis" }, h("summary", {}, told, " ", h("span", {}, page.say("report.other_basis"))),
    h("select", { "aria-label": page.say("report.basis_of", { name }), disabled: isOff, onchange: (event) => change({ basis: event.target.value }) },
      bases.map((basis) => h("option", { value: basis, selected: basis === field.basis }, page.code("basis", basis)))));
}

function missing(page, field, change, isOff) {
  const { say } = page;
  const id = `missing-${field.indicator}`;
  return h("div", { class: "row" }, h("label", { for: id }, say("report.missing_reason")),
    h("select", { id, disabled: isOff, onchange: (event) => change({ missing_reason: event.target.value, ...(event.target.value ? { value: "" } : {}) }) },
      h("option", { value: "" }, say("report.choose")), MISSING.map((code) => h("option", { value: code, selected: code === field.missing_reason }, page.code("missing_reason", code)))));
}

/** What is found, what is asked for, and what is recorded already. */
function below(page, field, { name, isMissed, change }) {
  const { say } = page;
  const isTaken = (each) => each.code.startsWith("already_reported");
  const errors = field.findings.filter((each) => each.severity === "error" && !isTaken(each));
  const taken = field.findings.filter(isTaken);
  const queries = field.findings.filter((each) => each.severity === "query");
  const message = (each) => h("p", {}, said(page, each, name));
  const why = (which) => reason(page, field, which, change);
  if (isKept(field)) {
    return h("label", { class: "check" }, h("input", { type: "checkbox", id: `kept-${field.indicator}`, onchange: () => change({ value: field.value }) }), say("report.confirm"));
  }
  return [
    isMissed ? finding(page, "error", [[say("found.value_required")]], [h("p", {}, say("report.blank")), missing(page, field, change)]) : null,
    errors.length ? finding(page, "error", errors.map((each) => [titleOf(page, each), message(each)])) : null,
    taken.length ? finding(page, "error", taken.map((each) => [titleOf(page, each), message(each)]), why("correction_reason")) : field.correction_reason ? why("correction_reason") : null,
    queries.length ? finding(page, isOpenQuery(field) ? "query" : "answered", queries.map((each) => [titleOf(page, each), message(each)]), [remedies(page, field, queries, change), why("explanation")]) : null,
    !field.findings.length && isSent(field) && field.isTyped ? h("p", { class: "small" }, h("span", { class: "rate good" }, markOf("on_track"), say("report.fine"))) : null,
    field.live && !isSent(field) && !isMissed ? h("p", { class: "small muted" }, say(field.live.provisional ? "report.on_record_pending" : "report.on_record")) : null,
  ];
}

/** One box: each thing found by its title, then what can be done about all of them. */
function finding(page, kind, found, after) {
  const isBad = kind === "error";
  const word = page.say(`report.${kind}`);
  return h("div", { class: isBad ? "find is-bad" : "find", role: "group", "aria-label": word },
    found.map(([title, text]) => [h("h3", { class: isBad ? "bad" : "warn" }, markOf(isBad ? "missed" : "acceleration_needed"), `${word}${page.words.page.colon}${title}`), text]), after);
}

const titleOf = (page, { code }) => page.say(`found.${code in page.words.page.found ? code : "other"}`);

/** The message without the name that stands above it. */
function said(page, { message }, name) {
  const begin = [`${name}：`, `${name}: `].find((each) => message.startsWith(each));
  return begin ? message.slice(begin.length) : message;
}

function remedies(page, field, queries, change) {
  const isQuarter = queries.some((each) => each.code === "running_total_fell") && BASES[field.definition.accumulation]?.includes("quarter") && field.basis !== "quarter";
  const mend = () => document.getElementById(`f-${field.indicator}`).select();
  return h("p", { class: "row" }, isQuarter ? h("button", { type: "button", class: "btn", onclick: () => change({ basis: "quarter" }) }, page.say("report.as_quarter")) : null,
    h("button", { type: "button", class: "btn", onclick: mend }, page.say("report.edit")));
}

function reason(page, field, name, change) {
  const id = `${name}-${field.indicator}`;
  return h("div", { class: "reason" }, h("label", { for: id }, page.say(`report.${name}`)), h("p", { class: "hint", id: `${id}-hint` }, page.say(`report.${name}_hint`)),
    h("textarea", { id, rows: 2, value: field[name], "aria-describedby": `${id}-hint`, oninput: (event) => change({ [name]: event.target.value }) }));
}
