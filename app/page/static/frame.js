// What surrounds every view: the demonstration's line, the links, who is here, the foot.

import { h } from "./dom.js";
import { callerOf } from "./heldkey.js";
import { link } from "./url.js";
import { VIEWS } from "./views.js";

/** The whole page around the `content` of a view. */
export function frame(page, plan, content) {
  const { say, choices } = page;
  const other = page.language === "zh" ? "en" : "zh";
  return h("div", { id: "frame" },
    h("a", { class: "skip", href: "#main" }, say("skip")),
    document.body.dataset.demo ? h("div", { class: "demo", role: "region", "aria-label": say("demo.name") },
      h("p", { class: "wrap" }, h("b", {}, say("demo.word")), say("demo.text"))) : null,
    h("header", { class: "top" }, h("div", { class: "wrap" },
      h("a", { class: "brand", href: link({}, { alone: true }) }, say("brand"), h("span", {}, say("brand_more"))),
      h("nav", { class: "nav", "aria-label": say("navigation") }, h("ul", {},
        Object.keys(VIEWS).filter((name) => !VIEWS[name].isInner).map((name) => h("li", {},
          h("a", { href: link({ view: name === "plan" ? null : name }, { alone: true }), "aria-current": currentOf(name, choices.view ?? "plan") },
            say(`views.${name}`)))))),
      h("div", { class: "who" }, callerOf(page),
        h("a", { href: link({ lang: other }), lang: other, hreflang: other }, say("other_language"))))),
    h("main", { id: "main", tabindex: -1 }, h("div", { class: "wrap", id: "content" }, notices(page, plan), content)),
    h("footer", { class: "foot" }, h("div", { class: "wrap" },
      plan ? [h("span", {}, page.title(plan)), h("span", {}, say("revision", { revision: plan.revision })),
        h("span", {}, say("recorded", { moment: page.numbers.moment(plan.recorded_at) }))] : null,
      h("a", { href: "/docs" }, say("docs")))),
    h("div", { class: "sr", id: "live", role: "status", "aria-live": "polite" }, page.news ?? ""));
}

/** A view within another one is of the plan's. */
function currentOf(name, view) {
  if (name === view) return "page";
  return name === "plan" && VIEWS[view]?.isInner ? "true" : null;
}

/** What holds for the whole page: one looks at the past, at pending figures, or at old content. */
function notices(page, plan) {
  const { say, choices } = page;
  const told = [];
  if (page.offline) told.push(["is-warn", say("offline", { moment: page.offline }), " ",
    h("button", { type: "button", class: "textual", id: "retry", onclick: () => page.refresh() }, say("retry_now"))]);
  if (choices.as_of && plan) {
    const since = page.latest ? page.latest.revision - plan.revision : 0;
    told.push(["is-past", h("b", {}, say("past")), say("past_of", { name: pastOf(page, plan), revision: plan.revision }), since ? say("past_since", { count: since }) : null, " ",
      h("a", { href: link({ as_of: null }) }, say("to_latest"))]);
  }
  if (choices.data === "provisional") told.push(["is-past", say("provisional"), h("a", { href: link({ data: null }) }, say("official_only"))]);
  return told.length ? h("div", { class: "stack", id: "notices" },
    told.map(([tone, ...content]) => h("p", { class: `notice ${tone}` }, content))) : null;
}

/** What `as_of` names, in words: a day, a moment, the moment of a revision, or a publication. */
function pastOf(page, plan) {
  const { as_of } = page.choices;
  if (/^\d+$/.test(as_of)) return page.numbers.moment(plan.recorded_at);
  if (/^\d{4}-\d\d-\d\d$/.test(as_of)) return page.numbers.day(as_of);
  return /^\d{4}-.*T/.test(as_of) ? page.numbers.moment(as_of) : page.say("past_publication", { name: as_of });
}
