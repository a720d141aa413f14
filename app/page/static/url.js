// What is shown is in the address: plan, view, filters, language. The key never is.

const NAMES = ["plan", "view", "indicator", "area", "period", "as_of", "data", "group", "rating", "report", "status", "from", "to", "entries", "lang"];

/** The choices in the address; unknown ones are left out. */
export function choices() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
}

/** The address with some choices changed; null or "" takes one away. */
export function link(changes, { alone = false } = {}) {
  const known = choices();
  const kept = alone ? { plan: known.plan, lang: known.lang } : known;
  const wanted = Object.entries({ ...kept, ...changes }).filter(([, value]) => value);
  const query = new URLSearchParams(wanted).toString();
  return query ? `/?${query}` : "/";
}

/** Go there without loading the page anew. */
export function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"]({}, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}
