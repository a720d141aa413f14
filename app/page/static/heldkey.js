// Who is here: the key of this tab, and what it may do.

import { key, Problem } from "./api.js";
import { h } from "./dom.js";
import { keyForm } from "./problem.js";

/** The caller as the API knows it; a Problem of 401 where there is no key. */
export async function whoIsHere(page) {
  if (!key.get()) throw new Problem(401, {});
  return page.read("/me");
}

/** A line that says who is here, with a way to put the key away. */
export function callerOf(page, caller) {
  const areas = caller.areas?.length ? caller.areas.map((code) => page.areaNames?.get(code) ?? code) : [page.say("all_areas")];
  return h("p", { class: "small muted row" }, h("span", {}, page.say("here", { role: page.code("role", caller.role), areas: page.join(areas) })),
    h("button", { type: "button", class: "btn", onclick: () => { key.set(null); page.refresh(); } }, page.say("put_away")));
}

export { keyForm };
