// One tooltip for the whole page: the exact value of what is pointed at or has the focus.

import { h, s } from "./dom.js";

const WIDTH = 300;
const APART = 8;
const text = h("span", { id: "tip", role: "tooltip" });
const box = s("foreignObject", { width: WIDTH, height: 1 }, h("p", { class: "tip" }, text));
const layer = s("svg", { class: "tips", hidden: true }, box);
let told = null;

/** Whatever has data-tip tells it; the arrow keys go through the parts of what has data-tips. */
export function startTips() {
  document.body.append(layer);
  addEventListener("pointerover", (event) => point(event.target.closest?.("[data-tip]")));
  addEventListener("focusin", (event) => show(event.target.closest?.("[data-tip]") ?? lastOf(event.target)));
  addEventListener("focusout", () => show(null));
  addEventListener("scroll", () => told && place(), { passive: true, capture: true });
  addEventListener("keydown", onKey);
}

/** Where the pointer leaves, or what is under it scrolls away, what has the focus stays told. */
function point(node) {
  if (node || !told?.matches(":focus, :focus *")) show(node);
}

const partsOf = (node) => (node.hasAttribute?.("data-tips") ? [...node.querySelectorAll("[data-tip]")] : []);

const lastOf = (node) => (node.matches?.(":focus-visible") ? partsOf(node).at(-1) : null);

function onKey(event) {
  if (event.key === "Escape") return show(null);
  const parts = partsOf(event.target);
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!parts.length || !step) return undefined;
  event.preventDefault();
  const at = parts.indexOf(told);
  return show(parts[Math.min(Math.max((at < 0 ? parts.length : at) + step, 0), parts.length - 1)]);
}

function show(node) {
  if (told === node) return;
  told?.classList.remove("told");
  told?.removeAttribute("aria-describedby");
  told = node ?? null;
  layer.toggleAttribute("hidden", !told);
  if (!told) return;
  told.classList.add("told");
  told.setAttribute("aria-describedby", "tip");
  text.textContent = told.dataset.tip;
  place();
}

/** Above what it tells of, or below where there is no room; within the window. */
function place() {
  const of = (told.querySelector("[data-at]") ?? told).getBoundingClientRect();
  const { width, height } = text.getBoundingClientRect();
  const middle = of.left + of.width / 2;
  const left = Math.min(Math.max(middle - width / 2, APART), innerWidth - width - APART);
  box.setAttribute("x", left - (WIDTH - width) / 2);
  box.setAttribute("y", of.top - height - APART < 0 ? of.bottom + APART : of.top - height - APART);
}
