// The plan as it was published: goals, qualitative goals, tasks, projects and safeguards, with progress.

import { key } from "../api.js";
import { h } from "../dom.js";
import { whoIsHere } from "../heldkey.js";
import { ratingOf } from "../marks.js";
import { progressOf } from "../progress.js";
import { link } from "../url.js";

const KINDS = ["task", "project", "safeguard"];

export async function load(page) {
  const [goals, actions, units, indicators, overview, caller] = await Promise.all([
    page.ofPlan("/goals", { view: null }), page.ofPlan("/actions", { view: null, limit: 1000 }), page.ofPlan("/units", { view: null, limit: 1000 }), page.ofPlan("/indicators", { view: null }), page.ofPlan("/overview"),
    key.get() ? whoIsHere(page).catch(() => null) : null]);
  return { goals, actions, units, indicators, overview, caller };
}

export function draw(page, data) {
  const { say } = page;
  const { goals, actions } = data;
  const count = (kind) => actions.items.filter((each) => each.kind === kind).length;
  const done = actions.items.filter((each) => each.progress[0]?.status === "completed").length;
  const delayed = actions.items.filter((each) => each.progress[0]?.status === "delayed").length;
  const known = KINDS.filter(count);
  return [
    h("h1", { class: "headline" }, say("document.headline", { goals: goals.items.length, actions: page.join(known.map((kind) => say(`document.count_${kind}`, { count: count(kind) }))) })),
    actions.items.length ? h("p", { class: "lead" }, say("document.lead", { done, delayed, count: actions.items.length })) : null,
    h("nav", { class: "row jump", "aria-label": say("document.contents") }, h("a", { href: "#goals" }, say("document.goals")), known.map((kind) => h("a", { href: `#kind-${kind}` }, say(`document.${kind}`)))),
    h("div", { class: "stack document", id: "goals" }, goals.items.map((goal) => goalOf(page, goal, data))),
    known.map((kind) => h("section", { class: "chapter", id: `kind-${kind}` }, h("h2", {}, say(`document.${kind}`)), h("div", { class: "stack document" },
      actions.items.filter((each) => each.kind === kind).map((each) => actionOf(page, each, data))))),
  ];
}

function goalOf(page, goal, data) {
  const { say } = page;
  return h("section", { class: "panel", id: `goal-${goal.code}` }, h("h3", {}, page.title(goal)),
    goal.indicators.length ? [h("h4", {}, say("document.targets")), h("ul", { class: "lines" }, goal.indicators.map((code) => targetOf(page, code, data)))] : null,
    goal.qualitative.length ? [h("h4", {}, say("document.qualitative")), h("ul", { class: "lines" }, goal.qualitative.map((each) => h("li", { id: `goal-${each.code}` },
      h("div", {}, h("p", {}, each[`text_${page.language}`] ?? each.text_zh), serving(page, each.actions, data)),
      progressOf(page, each, mayNote(data, each.actions.flatMap((code) => data.actions.items.find((one) => one.code === code)?.responsible_units ?? []))))))] : null);
}

/** A target with its rating, as a link to its own view. */
function targetOf(page, code, { indicators, overview }) {
  const definition = indicators.items.find((each) => each.code === code);
  const row = overview.targets.find((each) => each.indicator === code);
  return h("li", {}, h("a", { href: link({ view: "target", indicator: code }, { alone: true }) }, definition?.[`name_${page.language}`] ?? code),
    row ? ratingOf(row.rating, page.words) : h("span", {}));
}

function serving(page, codes, { actions }) {
  const found = codes.map((code) => actions.items.find((each) => each.code === code)).filter(Boolean);
  return found.length ? h("p", { class: "small muted" }, page.say("document.served_by"), page.words.page.colon, found.map((each, at) => [at ? page.say("document.and") : null, h("a", { href: `#action-${each.code}` }, page.title(each))])) : null;
}

function actionOf(page, action, data) {
  const { say, words } = page;
  const { colon } = words.page;
  const names = new Map(data.units.items.map((each) => [each.code, each[`name_${page.language}`]]));
  const clause = action[`text_${page.language}`] ?? action.text_zh;
  const units = action.responsible_units.map((code) => names.get(code) ?? code);
  const serves = action.serves ?? { indicators: [], qualitative_goals: [] };
  const goals = data.goals.items.flatMap((each) => each.qualitative).filter((each) => serves.qualitative_goals.includes(each.code));
  const projects = action.projects.map((code) => data.actions.items.find((each) => each.code === code)).filter(Boolean);
  const line = (name, content) => [h("dt", {}, say(`document.${name}`)), h("dd", {}, content)];
  return h("section", { class: "panel", id: `action-${action.code}` },
    h("h3", {}, page.language === "zh" && action.ordinal_zh ? `${action.ordinal_zh}、` : null, page.title(action) ?? action.code),
    clause ? h("blockquote", { class: "quote", lang: action[`text_${page.language}`] ? null : "zh" }, clause) : summaryOf(page, action),
    h("dl", { class: "facts" },
      units.length ? line("units", [page.join(units), action.lead_is_designated ? null : h("span", { class: "small muted" }, " ", say("document.no_lead"))]) : null,
      serves.indicators.length ? line("targets", h("ul", { class: "lines" }, serves.indicators.map((code) => targetOf(page, code, data)))) : null,
      goals.length ? line("qualitative", goals.map((each) => h("p", {}, h("a", { href: `#goal-${each.code}` }, each[`text_${page.language}`] ?? each.text_zh)))) : null,
      serves.basis === "inferred" && (serves.indicators.length || goals.length) ? line("basis", h("span", { class: "muted" }, say("document.inferred"))) : null,
      projects.length ? line("project", projects.map((each) => h("p", {}, h("a", { href: `#action-${each.code}` }, page.title(each))))) : null,
      line("progress", progressOf(page, action, mayNote(data, action.responsible_units)))));
}

function summaryOf(page, action) {
  const summary = action[`summary_${page.language}`] ?? action.summary_zh;
  return summary ? h("p", {}, summary, h("span", { class: "small muted block" }, page.say("document.summary"))) : null;
}

/** Whether the key here may note progress: an administrator's, or that of a responsible unit. */
const mayNote = ({ caller }, units) => caller?.role === "administrator" || Boolean(caller?.responsible_unit && units.includes(caller.responsible_unit));
