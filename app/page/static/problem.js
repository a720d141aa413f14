// A refusal or a failure, in words, with what can be done about it.

import { key } from "./api.js";
import { h } from "./dom.js";
import { go, link } from "./url.js";

export function problemOf(page, problem) {
  const { say } = page;
  if (problem.status === 0) return notice("is-warn", say("unreachable"), again(page));
  if (problem.status === 401) return notice(key.get() ? "is-bad" : "is-none", say(key.get() ? "key_refused" : "key_needed"), keyForm(page));
  const told = problem.errors.length ? problem.errors.map((each) => each.message) : [problem.message].filter(Boolean);
  return notice("is-bad", h("b", {}, problem.title || say("failed")), told.map((each) => h("p", {}, each)), again(page, { isAway: problem.status >= 400 && problem.status < 500 }));
}

function notice(tone, text, ...more) {
  return h("div", { class: `notice ${tone}`, role: "alert" }, h("p", {}, text), more);
}

/** To try again; where the address itself is wrong, also the way back. */
function again(page, { isAway = false } = {}) {
  return h("p", { class: "row" }, h("button", { type: "button", class: "btn", onclick: () => page.refresh() }, page.say("again")),
    isAway ? h("a", { href: link({ plan: null, as_of: null, data: null, period: null }, { alone: true }) }, page.say("back")) : null);
}

/** Where a key is entered: kept in this tab, sent with every request, never in an address. */
export function keyForm(page, { onEntered } = {}) {
  const enter = (event) => {
    event.preventDefault();
    key.set(new FormData(event.target).get("key").trim());
    onEntered ? onEntered() : go(location.href, { replace: true });
  };
  return h("form", { class: "keyform", onsubmit: enter },
    h("label", { for: "key" }, page.say("key")),
    h("input", { id: "key", name: "key", type: "password", autocomplete: "off", required: true, spellcheck: "false" }),
    h("button", { class: "btn main" }, page.say("enter")));
}
