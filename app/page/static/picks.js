// What is looked at: the period, the time at which it was known, official or pending figures.

import { address } from "./api.js";
import { h } from "./dom.js";
import { go, link } from "./url.js";

const FORMATS = ["csv", "xlsx", "json"];

/** The bar of choices above a view. */
export function bar(page, ...content) {
  return h("form", { class: "pick", "aria-label": page.say("filters"), onsubmit: (event) => event.preventDefault() }, content);
}

export function pick(name, label, options, chosen) {
  return h("div", {}, h("label", { for: `pick-${name}` }, label),
    h("select", { id: `pick-${name}`, onchange: (event) => go(link({ [name]: event.target.value })) },
      options.map(([value, text]) => h("option", { value, selected: value === (chosen ?? "") }, text))));
}

/** Another plan is another page: nothing that was chosen here holds there. */
export function planPick(page, { items }) {
  if (items.length < 2) return null;
  return h("div", {}, h("label", { for: "pick-plan" }, page.say("plan")),
    h("select", { id: "pick-plan", onchange: (event) => go(link({ plan: event.target.value }, { alone: true })) },
      items.map((each) => h("option", { value: each.plan, selected: each.plan === page.choices.plan }, page.title(each)))));
}

/** `periods`: codes, the latest first; those in `partial` are not complete. */
export function periodPick(page, periods, partial = new Set()) {
  const { say, numbers, choices } = page;
  const name = (code) => numbers.period(code) + (partial.has(code) ? say("not_complete") : "");
  return pick("period", say("period"), [["", say("latest_period")], ...periods.map((code) => [code, name(code)])], choices.period);
}

/** All publications, also those that came after what is looked at. */
export const publicationsOf = (page) => page.ofPlan("/publications", { as_of: null, view: null });

/** A publication, a revision or the end of a day; the last two are typed beside it. */
export function asOfPick(page, publications) {
  const { say, choices } = page;
  const chosen = choices.as_of ?? "";
  const names = publications.items.map((each) => each.name);
  const kind = !chosen || names.includes(chosen) ? chosen : /^\d+$/.test(chosen) ? "#revision" : "#day";
  const field = (name, type) => h("input", {
    id: `as-of-${name}`, type, min: type === "number" ? 1 : null, hidden: kind !== `#${name}`, "aria-label": say(`as_of_${name}`),
    value: kind === `#${name}` ? chosen.slice(0, 10) : null, onchange: (event) => event.target.value && go(link({ as_of: event.target.value })),
  });
  const choose = ({ target: { value } }) => {
    if (!value.startsWith("#")) return go(link({ as_of: value }));
    for (const name of ["revision", "day"]) document.getElementById(`as-of-${name}`).hidden = value !== `#${name}`;
    return document.getElementById(`as-of-${value.slice(1)}`).focus();
  };
  const options = [["", say("latest")], ...names.map((name) => [name, say("publication", { name })]),
    ["#revision", say("as_of_revision")], ["#day", say("as_of_day")]];
  return h("div", {}, h("label", { for: "pick-as_of" }, say("as_of")), h("div", { class: "pair" },
    h("select", { id: "pick-as_of", onchange: choose }, options.map(([value, text]) => h("option", { value, selected: value === kind }, text))),
    field("revision", "number"), field("day", "date")));
}

export function dataPick(page) {
  const { say, choices } = page;
  return h("fieldset", { class: "wide" }, h("legend", {}, say("data")), h("div", { class: "seg" },
    ["official", "provisional"].map((name) => h("label", {}, h("input", {
      type: "radio", name: "data", checked: name === (choices.data ?? "official"),
      onchange: () => go(link({ data: name === "provisional" ? name : null })) }), say(`data_${name}`)))));
}

/** The same rows as files, and what else there is to open: [[address, text]]. */
export function files(page, path, query, more = []) {
  const { as_of, period, plan, data } = page.choices;
  const chosen = { as_of, period, view: data === "provisional" ? data : null, ...query };
  const links = [...FORMATS.map((format) => [address(`/plans/${plan}${path}`, { ...chosen, format }), format.toUpperCase()]), ...more];
  return h("div", { class: "wide last small muted" }, h("span", {}, page.say("download")), " ",
    links.map(([to, text], at) => [at ? " · " : null, typeof to === "string" ? h("a", { href: to, target: "_blank" }, text) : to]));
}

/** A page to print: the briefing or the final assessment. */
export function printed(page, name, query = {}) {
  const { plan, as_of } = page.choices;
  return [address(`/plans/${plan}/${name}`, { format: "html", lang: page.language, as_of, ...query }), page.say(name)];
}
