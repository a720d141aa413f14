// Who is here: the key of this tab, and what it may do.

import { key, Problem } from "./api.js";
import { h } from "./dom.js";

/** The caller as the API knows it; a Problem of 401 where there is no key. */
export async function whoIsHere(page) {
  if (!key.get()) throw new Problem(401, {});
  page.caller = await page.read("/me");
  return page.caller;
}

/** Who is here, with a way to put the key away; nothing where nobody is. */
export function callerOf(page) {
  const { caller } = page;
  if (!caller || !key.get()) return null;
  const putAway = () => {
    // Nothing of a clerk's stays in the tab.
    sessionStorage.clear();
    key.set(null);
    page.caller = null;
    page.redraw();
    page.refresh();
  };
  const areas = caller.areas?.length ? caller.areas.map((code) => page.areaNames?.get(code) ?? code) : [page.say("all_areas")];
  const told = { role: page.code("role", caller.role), areas: page.join(areas), first: areas[0], count: areas.length };
  return [h("span", { class: "small muted", id: "caller", title: page.join(areas) }, page.say(areas.length > 2 ? "here_many" : "here", told)),
    h("button", { type: "button", class: "textual small", id: "put-away", onclick: putAway }, page.say("put_away"))];
}
