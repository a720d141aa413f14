// The plan as it was published: goals, qualitative goals, tasks, projects and safeguards, with progress.

import { h } from "../dom.js";
import { link } from "../url.js";

const KINDS = ["task", "project", "safeguard"];

export async function load(page) {
  const [goals, actions, units, indicators] = await Promise.all(["/goals", "/actions", "/units", "/indicators"].map((path) => page.ofPlan(path, { view: null, limit: path === "/actions" ? 1000 : null })));
  return { goals, actions, units, indicators };
}

export function draw(page, data) {
  const { say } = page;
  const { goals, actions, units, indicators } = data;
  const unitNames = new Map(units.items.map((each) => [each.code, each[`name_${page.language}`]]));
  const names = new Map(indicators.items.map((each) => [each.code, each[`name_${page.language}`]]));
  return [
    h("h1", { class: "headline" }, say("document.headline", { goals: goals.items.length, actions: actions.items.length })),
    h("div", { class: "stack" },
      goals.items.map((goal) => h("section", { class: "panel", id: `goal-${goal.code}` }, h("h2", {}, page.title(goal)),
        h("ul", { class: "bullets" }, goal.indicators.map((code) => h("li", {}, h("a", { href: link({ view: "target", indicator: code }, { alone: true }) }, names.get(code) ?? code))),
          goal.qualitative.map((each) => h("li", {}, each[`text_${page.language}`], note(page, each.progress)))))),
      KINDS.map((kind) => [kind, actions.items.filter((each) => each.kind === kind)]).filter(([, items]) => items.length).map(([kind, items]) => h("section", { class: "panel", id: `kind-${kind}` }, h("h2", {}, say(`document.${kind}`)),
        items.map((each) => h("details", { id: `action-${each.code}` }, h("summary", {}, `${each.code} ${page.title(each) ?? ""}`),
          h("blockquote", { class: "quote" }, text(page, each)),
          each.responsible_units?.length ? h("p", { class: "small muted" }, say("document.units"), page.words.page.colon, page.join(each.responsible_units.map((code) => unitNames.get(code) ?? code))) : null,
          note(page, each.progress)))))),
  ];
}

const text = (page, each) => each[`text_${page.language}`] ?? each.summary_zh ?? each[`summary_${page.language}`] ?? each.text_en ?? "";

/** The newest progress note. */
function note(page, progress) {
  const newest = progress?.[0];
  return newest ? h("p", { class: "small muted" }, `${page.code("progress_status", newest.status)}${page.words.page.colon}${newest.note} （${page.numbers.moment(newest.noted_at)}）`) : null;
}
