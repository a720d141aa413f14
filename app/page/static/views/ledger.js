// What changed, when and why; what was published; and how two publications or revisions differ.

import { h } from "../dom.js";
import { ratingOf } from "../marks.js";
import { go, link } from "../url.js";

const FIRST_SHOWN = 50;
const MORE = 200;

export async function load(page) {
  const { plan, from, to, entries } = page.choices;
  const root = `/plans/${plan}`;
  const [ledger, publications, areas, indicators, actions, goals, diff] = await Promise.all([
    page.read(`${root}/ledger`, { sort: "-revision", limit: Math.min(Number(entries) || FIRST_SHOWN, 1000) }), page.read(`${root}/publications`), page.read(`${root}/areas`),
    page.read(`${root}/indicators`), page.read(`${root}/actions`, { limit: 1000 }), page.read(`${root}/goals`), from && to ? page.read(`${root}/diff`, { from, to }) : null]);
  return { ledger, publications, diff, indicators, areas, actions, goals };
}

/** What codes are called, and the units of indicators. */
function namesOf(page, { indicators, areas, actions, goals }) {
  const names = [...areas.items, ...indicators.items].map((each) => [each.code, each[`name_${page.language}`]]);
  const texts = [...actions.items.map((each) => [each.code, page.title(each)]), ...goals.items.flatMap((each) => each.qualitative).map((each) => [each.code, each[`text_${page.language}`]])];
  return { names: new Map([...names, ...texts]), units: new Map(indicators.items.map((each) => [each.code, each.unit])) };
}

export function draw(page, read, plan) {
  const { say, numbers } = page;
  const data = { ...read, more: namesOf(page, read) };
  const { publications, diff } = data;
  const newest = publications.items.at(-1);
  return [
    h("h1", { class: "headline" }, say("ledger.headline", { revision: plan.revision, count: publications.items.length })),
    h("p", { class: "lead" }, newest ? say("ledger.newest", { name: newest.name, moment: numbers.moment(newest.published_at) }) : say("ledger.none")),
    compare(page, data, plan),
    h("div", { class: "stack" }, diff ? difference(page, data) : null, publications.items.length ? published(page, data) : null, changes(page, data)),
  ];
}

function compare(page, { publications }, plan) {
  const { say, choices } = page;
  const names = publications.items.map((each) => each.name);
  const known = [...names.map((each) => [each, each]), [String(plan.revision), say("ledger.present", { revision: plan.revision })]];
  const options = (value) => (value && !known.some(([code]) => code === value) ? [[value, say("revision", { revision: value })], ...known] : known);
  const pick = (name, fallback) => h("div", {}, h("label", { for: `pick-${name}` }, say(`ledger.${name}`)),
    h("select", { id: `pick-${name}`, name }, options(choices[name]).map(([code, text]) => h("option", { value: code, selected: code === (choices[name] ?? fallback) }, text))));
  const send = (event) => { event.preventDefault(); const form = new FormData(event.target); go(link({ from: form.get("from"), to: form.get("to") })); };
  return h("form", { class: "pick", "aria-label": say("ledger.compare"), onsubmit: send }, pick("from", names.at(-2) ?? names[0] ?? "1"), pick("to", names.length > 1 ? names.at(-1) : String(plan.revision)), h("button", { class: "btn" }, say("ledger.show")));
}

function difference(page, { diff, more }) {
  const { say } = page;
  const ratings = diff.rows.filter((each) => each.field === "rating");
  const others = diff.rows.filter((each) => each.field !== "rating");
  const place = (each) => [h("th", { scope: "row" }, more.names.get(each.indicator) ?? each.indicator), h("td", {}, more.names.get(each.area) ?? each.area), h("td", {}, page.numbers.period(each.period))];
  const number = (each, value) => h("td", { class: "num" }, value === null ? "—" : typeof value === "number" ? page.value(value, unitOf(each, more)) : String(value));
  const rating = (value) => h("td", {}, value === null ? "—" : ratingOf(value, page.words));
  return h("section", { class: "panel", id: "difference" }, h("h2", {}, say("ledger.difference", { from: diff.from_revision, to: diff.to_revision })),
    h("p", { class: "sub" }, diff.figures.length + diff.rows.length ? say("ledger.counted", { figures: diff.figures.length, ratings: ratings.length, others: others.length }) : say("ledger.same")),
    tableOf(page, "ledger.figures", ["indicator", "area", "period", "-before", "-after", "reason"], diff.figures.map((each) => h("tr", {}, place(each), number(each, each.before), number(each, each.after), h("td", { class: "wide" }, each.reason ?? "", h("span", { class: "small muted block" }, each.changed_by ?? ""))))),
    tableOf(page, "ledger.ratings", ["indicator", "area", "period", "before", "after"], ratings.map((each) => h("tr", {}, place(each), rating(each.before), rating(each.after)))),
    tableOf(page, "ledger.others", ["indicator", "area", "period", "field", "-before", "-after"], others.map((each) => h("tr", {}, place(each), h("td", {}, page.words.columns[each.field] ?? each.field), number(each, each.before), number(each, each.after)))));
}

const unitOf = ({ indicator, field }, { units }) => (field?.endsWith("percent") ? "%" : units.get(indicator) ?? "");

/** A table with its name above it; nothing where it has no rows. A name with a dash is a number's. */
function tableOf(page, name, heads, rows, { isQuiet = false } = {}) {
  if (!rows.length) return null;
  const head = (each) => h("th", { scope: "col", class: each.startsWith("-") ? "num" : null }, page.say(`ledger.${each.replace("-", "")}`));
  return h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": page.say(name) }, h("table", {}, h("caption", { class: isQuiet ? "sr" : null }, page.say(name)), h("thead", {}, h("tr", {}, heads.map(head))), h("tbody", {}, rows)));
}

function published(page, { publications }) {
  const { say, numbers } = page;
  const rows = [...publications.items].reverse().map((each) => h("tr", { id: `publication-${each.name}` },
    h("th", { scope: "row" }, h("a", { href: link({ as_of: each.name, view: null }, { alone: true }) }, each.name)),
    h("td", { class: "nw" }, numbers.moment(each.published_at)), h("td", { class: "num" }, each.revision),
    h("td", { class: "wide" }, each.note ?? "", each.superseded ? h("span", { class: "small muted block" }, say("ledger.superseded")) : null)));
  return h("section", { class: "panel" }, h("h2", {}, say("ledger.publications")), tableOf(page, "ledger.published", ["publication", "when", "-revision", "note"], rows, { isQuiet: true }));
}

function changes(page, data) {
  const { say, numbers, choices } = page;
  const { ledger } = data;
  const rows = ledger.items.map((each) => h("tr", { id: `entry-${each.revision}` },
    h("td", { class: "num" }, each.revision), h("td", { class: "nw" }, numbers.moment(each.recorded_at)), h("th", { scope: "row" }, page.code("ledger_action", each.action)),
    h("td", { class: "wide" }, subjectOf(page, each, data.more)), h("td", {}, each.actor ?? h("span", { class: "muted" }, say("ledger.not_told"))),
    h("td", { class: "nw" }, each.revision > 1 ? h("a", { href: link({ from: each.revision - 1, to: each.revision }), "aria-label": say("ledger.effect_of", { revision: each.revision }) }, say("ledger.effect")) : null)));
  const more = ledger.total > ledger.items.length ? h("p", {}, h("a", { href: link({ entries: (Number(choices.entries) || FIRST_SHOWN) + MORE }) }, say("ledger.more", { count: ledger.total - ledger.items.length }))) : null;
  return h("section", { class: "panel" }, h("h2", {}, say("ledger.changes")), h("p", { class: "sub" }, say("ledger.changes_sub")), tableOf(page, "ledger.entries", ["-revision", "when", "what", "subject", "who", "shows"], rows, { isQuiet: true }), more);
}

/** What an entry is about, by its names, and what was written. */
function subjectOf(page, { action, subject, payload, restatement }, { names }) {
  const known = (subject ?? "").split(" ").filter(Boolean).map((each) => names.get(each) ?? each);
  const status = action === "note_progress" ? page.code("progress_status", payload.status) : null;
  const reason = payload?.reason ?? payload?.note ?? restatement?.reason;
  return [[page.join(known), status].filter(Boolean).join(page.words.page.colon), reason ? h("span", { class: "small muted block" }, reason) : null];
}
