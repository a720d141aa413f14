// The page: reads what the address asks for, shows it, and keeps it true.

import { listen, Problem } from "./api.js";
import { h, morph } from "./dom.js";
import { frame } from "./frame.js";
import { whoIsHere } from "./heldkey.js";
import { Page } from "./page.js";
import { problemOf } from "./problem.js";
import { startTips } from "./tip.js";
import { choices, go, link } from "./url.js";
import { VIEWS } from "./views.js";

const POLL_MS = 30000;
const GREY_AFTER_MS = 300;
const root = document.getElementById("page");
// Written by the server: shown until the scripts have something to show, and where they fail.
const plain = document.getElementById("plain");
let page;
let shown = { data: null, plan: null, address: "" };
let turn = 0;
let heard = () => {};
// What the poll asks for: while the answer is the same nothing has changed, and nothing else is read.
let head = null;
let read = { day: "", at: null };

async function start() {
  const language = choices().lang ?? (navigator.language.startsWith("zh") ? "zh" : "en");
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  const words = await (await fetch(`/page/words/${language}.json`)).json();
  page = new Page(words, language);
  await Promise.all([readHead(), whoIsHere(page)].map((each) => each.catch(() => null)));
  page.refresh = () => show({ isPoll: true });
  page.redraw = () => render();
  document.body.onclick = follow;
  startTips();
  addEventListener("popstate", () => show());
  addEventListener("online", () => poll());
  await show();
  setInterval(() => document.hidden || poll(), POLL_MS);
}

const readHead = async () => choices().plan && page.read(`/plans/${choices().plan}/ledger/head`).then((answer) => (head = answer));
const today = () => new Date().toLocaleDateString("en-CA", { timeZone: "Asia/Shanghai" });

/** One question: is there anything new? What is due may change with the day alone. */
async function poll() {
  if (choices().as_of && !page.offline) return;
  const before = head;
  const found = await readHead().catch(() => null);
  if (!found || found !== before || page.offline || read.day !== today()) await show({ isPoll: true });
  else read.at = new Date();
}

/** A link within the page changes the view; the browser does the rest. */
function follow(event) {
  const anchor = event.target.closest("a[href]");
  if (!anchor || event.button || event.metaKey || event.ctrlKey || event.shiftKey || anchor.target) return;
  const url = new URL(anchor.href);
  if (url.origin !== location.origin || url.pathname !== "/" || url.hash) return;
  event.preventDefault();
  const isOtherLanguage = url.searchParams.get("lang") !== new URLSearchParams(location.search).get("lang");
  if (isOtherLanguage) location.assign(anchor.href);
  else {
    go(anchor.href);
    scrollTo(0, 0);
  }
}

/** Read what the address asks for, and show it where it differs from what is there. */
async function show({ isPoll = false } = {}) {
  const mine = ++turn;
  const address = location.search;
  const isNew = shown.address !== address;
  const grey = isNew && !shown.data ? setTimeout(() => mine === turn && loading(), GREY_AFTER_MS) : null;
  try {
    if (!choices().plan && !(await choosePlan())) return;
    const view = VIEWS[choices().view ?? "plan"] ?? VIEWS.plan;
    const isElsewhere = Boolean(choices().as_of || choices().data);
    const [plan, latest, data] = await Promise.all([
      page.ofPlan(""), isElsewhere ? page.read(`/plans/${choices().plan}`) : null, view.load(page)]);
    if (mine !== turn) return;
    const isSame = !isNew && !page.offline && plan === shown.plan && same(data, shown.data);
    page.offline = null;
    read = { day: today(), at: new Date() };
    if (isSame && latest === page.latest) return;
    page.latest = latest;
    page.news = isPoll && shown.data && plan.revision !== shown.plan.revision
      ? page.say("news", { revision: plan.revision }) : page.news;
    if (shown.plan?.plan !== plan.plan) follow_plan(plan.plan);
    shown = { data, plan, address: location.search, view };
    render();
  } catch (problem) {
    if (mine !== turn) return;
    if (!(problem instanceof Problem)) console.error(problem);
    fail(problem);
  } finally {
    clearTimeout(grey);
  }
}

const same = (one, other) =>
  one === other || (one && other && Object.keys(one).every((name) => one[name] === other[name]));

function render() {
  const { plan, data, view } = shown;
  document.title = `${view.title?.(page, data) ?? page.say(`views.${choices().view ?? "plan"}`)} · ${page.say("brand")}`;
  put(frame(page, plan, view.draw(page, data, plan)));
  plain?.remove();
}

function put(wanted) {
  if (root.firstElementChild) morph(root.firstElementChild, wanted);
  else root.append(wanted);
}

/** Old content stays while the server cannot be reached; else the problem is told. */
function fail(problem) {
  if (problem.status === 0 && shown.data && shown.address === location.search) {
    page.offline ??= page.numbers.moment(read.at.toISOString());
    render();
  } else {
    put(frame(page, shown.plan, problemOf(page, problem)));
    if (problem instanceof Problem) plain?.remove();
    else plain?.classList.add("is-needed");
    shown = { ...shown, data: null };
  }
}

function loading() {
  const grey = (name) => h("div", { class: `skeleton ${name}` }, h("span"), h("span"), h("span"));
  put(frame(page, shown.plan, h("div", { class: "stack", "aria-busy": "true", "aria-label": page.say("loading") },
    grey("is-head"), [1, 2, 3, 4].map(() => grey("panel")))));
}

async function choosePlan() {
  const { items } = await page.read("/plans");
  if (!items.length) {
    put(frame(page, null, h("p", { class: "notice is-none" }, page.say("no_plans"))));
    return false;
  }
  history.replaceState({}, "", link({ plan: items[0].plan }));
  await readHead();
  return true;
}

function follow_plan(plan) {
  heard();
  let waiting = null;
  heard = listen(plan, page.language, () => {
    clearTimeout(waiting);
    waiting = setTimeout(poll, 200);
  });
}

start();
