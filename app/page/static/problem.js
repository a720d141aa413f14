// A refusal or a failure, in words, with what can be done about it.

import { key } from "./api.js";
import { h } from "./dom.js";
import { go } from "./url.js";

export function problemOf(page, problem) {
  const { say } = page;
  if (problem.status === 0) return notice("is-warn", say("unreachable"), again(page));
  if (problem.status === 401) return notice(key.get() ? "is-bad" : "is-none", say(key.get() ? "key_refused" : "key_needed"), keyForm(page));
  const said = problem.title ? `${problem.title}${page.language === "zh" ? "。" : ". "}${problem.message}` : say("failed");
  return notice("is-bad", said, h("ul", {}, problem.errors.map((each) => h("li", {}, each.message))), again(page));
}

function notice(tone, text, ...more) {
  return h("div", { class: `notice ${tone}`, role: "alert" }, h("p", {}, text), more);
}

function again(page) {
  return h("p", {}, h("button", { type: "button", class: "btn", onclick: () => page.refresh() }, page.say("again")));
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
