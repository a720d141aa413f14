// The public API, as any client reads it: by ETag, with a key where one was entered.

const BASE = "/api/v1";
const KEY = "dabiao-key";
const kept = new Map();
const MOST_KEPT = 60;
const MOST_TURNS = 5;
const MOST_PAUSE_SECONDS = 5;

/** What the server says instead of an answer; `status` is 0 where it cannot be reached. */
export class Problem extends Error {
  constructor(status, said) {
    super(said?.detail ?? "");
    this.status = status;
    this.code = said?.code ?? "";
    this.title = said?.title ?? "";
    this.errors = said?.errors ?? [];
    this.said = said ?? {};
  }
}

/** The key of this tab; it is never in an address and ends with the tab. */
export const key = {
  get: () => sessionStorage.getItem(KEY),
  set(value) {
    kept.clear();
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  },
};

export function address(path, parameters = {}) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((each) => each !== null && each !== undefined && each !== "")
      .map((each) => [name, each]),
  );
  const query = new URLSearchParams(pairs).toString();
  return `${BASE}${path}${query ? `?${query}` : ""}`;
}

function headers(language, more = {}) {
  const held = key.get();
  return { "Accept-Language": language, ...(held ? { Authorization: `Bearer ${held}` } : {}), ...more };
}

/** An answer: the very same object as before where the server says that nothing changed. */
export async function read(path, parameters, language) {
  const url = address(path, parameters);
  const name = `${language} ${url}`;
  const before = kept.get(name);
  const found = await askPatiently(url, {
    cache: "no-store",
    headers: headers(language, before ? { "If-None-Match": before.tag } : {}),
  });
  if (found.status === 304) return before.answer;
  const answer = await body(found);
  kept.delete(name);
  kept.set(name, { tag: found.headers.get("etag") ?? "", answer });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return answer;
}

/** Write: gives {status, answer}; throws a Problem where the server refuses. */
export async function write(method, path, { parameters, content, type, language, id } = {}) {
  const isFile = content instanceof Blob;
  const found = await ask(address(path, parameters), {
    method,
    headers: headers(language, {
      ...(content === undefined ? {} : { "Content-Type": type ?? "application/json" }),
      ...(id ? { "Idempotency-Key": id } : {}),
    }),
    body: content === undefined ? undefined : isFile ? content : JSON.stringify(content),
  });
  return { status: found.status, answer: await body(found) };
}

/** A file, as a Blob; `content` sends one and takes the one that comes back. */
export async function fetchFile(path, { parameters, content, type, accept, language } = {}) {
  const found = await ask(address(path, parameters), {
    method: content ? "POST" : "GET",
    headers: headers(language, {
      ...(content ? { "Content-Type": type } : {}),
      ...(accept ? { Accept: accept } : {}),
    }),
    body: content,
  });
  if (!found.ok && !found.headers.get("content-type")?.includes("spreadsheet")) await body(found);
  return found.blob();
}

/** A server with too much to do says when to ask again: reads do, a few times. */
async function askPatiently(url, options) {
  for (let turn = 1; ; turn += 1) {
    const found = await ask(url, options);
    const pause = Number(found.headers.get("retry-after"));
    if (![429, 503].includes(found.status) || !pause || turn === MOST_TURNS) return found;
    await new Promise((ready) => setTimeout(ready, 1000 * Math.min(pause, MOST_PAUSE_SECONDS) * (0.5 + Math.random())));
  }
}

async function ask(url, options) {
  try {
    // With credentials a browser would ask for a password of its own where a key is refused.
    return await fetch(url, { credentials: "omit", ...options });
  } catch {
    throw new Problem(0);
  }
}

async function body(found) {
  const said = await found.json().catch(() => null);
  if (!found.ok) throw new Problem(found.status, said);
  return said;
}

/** Tell `heard` of every change of a plan, for as long as the page is open. Gives an end. */
export function listen(plan, language, heard) {
  let source = null;
  let isOver = false;
  let pause = 1000;
  const open = async () => {
    const ticket = key.get() ? await buyTicket(plan, language).catch(() => null) : null;
    if (isOver) return;
    source = new EventSource(address(`/plans/${plan}/events`, { ticket }));
    const tell = () => heard();
    source.onmessage = tell;
    for (const name of ["revision", "resync"]) source.addEventListener(name, tell);
    source.onopen = () => (pause = 1000);
    source.onerror = () => {
      // A ticket is good once: a new connection needs a new one.
      source.close();
      pause = Math.min(pause * 2, 60000);
      if (!isOver) setTimeout(open, pause);
    };
  };
  open();
  return () => {
    isOver = true;
    source?.close();
  };
}

async function buyTicket(plan, language) {
  const { answer } = await write("POST", `/plans/${plan}/events/tickets`, { language });
  return answer.ticket;
}
