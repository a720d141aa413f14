// Ratings as a shape, a colour and a word, never colour alone.

import { h, s } from "./dom.js";

const TONE = {
  achieved: "good", achieved_early: "good", on_track: "good", acceleration_needed: "warn",
  off_track: "bad", deteriorating: "bad", missed: "bad", unable_to_assess: "none",
};
/** From the best to the worst; what cannot be assessed is last. */
export const ORDER = ["achieved", "achieved_early", "on_track", "acceleration_needed", "off_track", "deteriorating", "missed", "unable_to_assess"];
const CIRCLE = ["circle", { class: "sh", cx: 8, cy: 8, r: 7 }];
const SQUARE = ["rect", { class: "sh", x: 1.2, y: 1.2, width: 13.6, height: 13.6 }];
const cut = (d) => ["path", { class: "sh-cut", d }];
const SHAPES = {
  achieved: [CIRCLE, cut("M4.6 8.3 7 10.6l4.4-5")],
  achieved_early: [CIRCLE, cut("M4.6 8.3 7 10.6l4.4-5")],
  on_track: [CIRCLE],
  acceleration_needed: [["path", { class: "sh", d: "M8 .8 15.6 14.6H.4Z" }]],
  off_track: [SQUARE],
  deteriorating: [SQUARE, cut("M8 4v7M5 8.2 8 11.4l3-3.2")],
  missed: [SQUARE, cut("M5 5l6 6M11 5l-6 6")],
  unable_to_assess: [["rect", { class: "sh", x: 1, y: 6, width: 14, height: 4 }]],
};

export const toneOf = (rating) => TONE[rating] ?? "none";

export function markOf(rating) {
  const shapes = (SHAPES[rating] ?? SHAPES.unable_to_assess).map(([name, each]) => s(name, each));
  return s("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, shapes);
}

const STATUS = {
  submitted: ["none", CIRCLE, cut("M8 4.5V8l2.4 1.6")],
  approved: ["good", CIRCLE, cut("M4.6 8.3 7 10.6l4.4-5")],
  returned: ["bad", SQUARE, cut("M11 8H5m3-3-3 3 3 3")],
  withdrawn: ["none", SHAPES.unable_to_assess[0]],
  superseded: ["none", SHAPES.unable_to_assess[0]],
};

const PROGRESS = {
  not_started: ["none", SHAPES.unable_to_assess[0]],
  in_progress: ["good", CIRCLE],
  delayed: ["warn", SHAPES.acceleration_needed[0]],
  completed: ["good", CIRCLE, cut("M4.6 8.3 7 10.6l4.4-5")],
  stopped: ["bad", SQUARE, cut("M5 5l6 6M11 5l-6 6")],
};

/** A code's word where it stands alone. */
export const capital = (word) => word[0].toUpperCase() + word.slice(1);

function marked([tone, ...shapes], word) {
  const mark = s("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, shapes.map(([name, each]) => s(name, each)));
  return h("span", { class: `rate state ${tone}` }, mark, capital(word));
}

/** The mark and the word of a report's state. */
export const statusOf = (status, words) => marked(STATUS[status], words.codes.report_status[status]);

/** The same of a progress note. */
export const progressMark = (status, words) => marked(PROGRESS[status], words.codes.progress_status[status]);

/** The mark and the word of a rating. */
export function ratingOf(rating, words, attributes = {}) {
  return h("span", { class: `rate ${toneOf(rating)}`, ...attributes }, markOf(rating), words.codes.rating[rating]);
}
