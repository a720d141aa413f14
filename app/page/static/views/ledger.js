// What changed, when and why; what was published; and how two publications differ.

import { h } from "../dom.js";
import { go, link } from "../url.js";

export async function load(page) {
  const { from, to } = page.choices;
  const root = `/plans/${page.choices.plan}`;
  const [ledger, publications, areas, indicators] = await Promise.all([page.read(`${root}/ledger`, { sort: "-revision", limit: 50 }), page.read(`${root}/publications`), page.read(`${root}/areas`), page.read(`${root}/indicators`)]);
  const diff = from && to ? await page.read(`${root}/diff`, { from, to }) : null;
  return { ledger, publications, areas, indicators, diff };
}

export function draw(page, data) {
  const { say, numbers } = page;
  const { ledger, publications, diff } = data;
  return [
    h("h1", { class: "headline" }, say("ledger.headline", { count: publications.items.length })),
    h("div", { class: "stack" },
      h("section", { class: "panel" }, h("h2", {}, say("ledger.publications")), publications.items.length ? h("ul", { class: "bullets" }, publications.items.map((each) => h("li", {},
        h("a", { href: link({ as_of: each.name, view: null }, { alone: true }) }, each.name), ` · ${numbers.moment(each.published_at)}`, each.superseded ? ` · ${say("ledger.superseded")}` : "", each.note ? h("p", { class: "small muted" }, each.note) : null))) : h("p", { class: "muted" }, say("ledger.none"))),
      publications.items.length ? compare(page, data) : null,
      diff ? difference(page, data) : null,
      h("section", { class: "panel" }, h("h2", {}, say("ledger.changes")), h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("ledger.changes") }, h("table", {},
        h("thead", {}, h("tr", {}, ["revision", "when", "what", "subject"].map((each) => h("th", { scope: "col" }, say(`ledger.${each}`))))),
        h("tbody", {}, ledger.items.map((each) => h("tr", { id: `entry-${each.revision}` }, h("td", { class: "num" }, each.revision), h("td", {}, numbers.moment(each.recorded_at)), h("td", {}, page.code("ledger_action", each.action)), h("td", {}, each.subject)))))))),
  ];
}

function compare(page, { publications }) {
  const { say, choices } = page;
  const names = publications.items.map((each) => each.name);
  const pick = (name, fallback) => h("div", {}, h("label", { for: `pick-${name}` }, say(`ledger.${name}`)), h("select", { id: `pick-${name}`, name }, names.map((each) => h("option", { value: each, selected: each === (choices[name] ?? fallback) }, each))));
  const send = (event) => { event.preventDefault(); const form = new FormData(event.target); go(link({ from: form.get("from"), to: form.get("to") })); };
  return h("section", { class: "panel" }, h("h2", {}, say("ledger.compare")), h("form", { class: "row", onsubmit: send }, pick("from", names.at(-2) ?? names[0]), pick("to", names.at(-1)), h("button", { class: "btn" }, say("ledger.show"))));
}

function difference(page, { diff, areas, indicators }) {
  const { say, numbers } = page;
  const area = new Map(areas.items.map((each) => [each.code, each[`name_${page.language}`]]));
  const indicator = new Map(indicators.items.map((each) => [each.code, each]));
  const shown = (row, value) => (typeof value === "number" && row.field !== "rating" ? numbers.fixed(value) : value === null ? "—" : page.code("rating", String(value)));
  const rows = [...diff.figures.map((each) => ({ ...each, field: "figure" })), ...diff.rows];
  return h("section", { class: "panel", id: "difference" }, h("h2", {}, say("ledger.difference", { from: diff.from_revision, to: diff.to_revision })), rows.length ? h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("ledger.compare") }, h("table", {},
    h("thead", {}, h("tr", {}, ["indicator", "area", "period", "field", "before", "after"].map((each) => h("th", { scope: "col" }, say(`ledger.${each}`))))),
    h("tbody", {}, rows.map((each) => h("tr", {}, h("td", {}, indicator.get(each.indicator)?.[`name_${page.language}`] ?? each.indicator), h("td", {}, area.get(each.area) ?? each.area), h("td", {}, numbers.period(each.period)),
      h("td", {}, each.field === "figure" ? say("ledger.figure") : page.words.columns[each.field] ?? each.field), h("td", { class: "num" }, shown(each, each.before)), h("td", { class: "num" }, shown(each, each.after))))))) : h("p", {}, say("ledger.same")));
}
