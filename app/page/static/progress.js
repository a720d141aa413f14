// Progress on what has no number: the newest note, the earlier ones, and a new one by who may.

import { write } from "./api.js";
import { h } from "./dom.js";
import { progressMark } from "./marks.js";

const STATUSES = ["not_started", "in_progress", "delayed", "completed", "stopped"];
// What is being written, by the code of what it is about.
const drafts = new Map();

export function progressOf(page, { code, progress }, mayNote) {
  const { say } = page;
  const [newest, ...earlier] = progress;
  return h("div", { class: "progress", id: `progress-${code}` },
    newest ? noteOf(page, newest) : h("p", { class: "small muted" }, say("document.no_progress")),
    earlier.length ? h("details", { id: `earlier-${code}` }, h("summary", {}, say("document.earlier", { count: earlier.length })), earlier.map((each) => noteOf(page, each))) : null,
    mayNote && !page.choices.as_of ? formOf(page, code) : null);
}

function noteOf(page, { status, note, evidence, noted_at, noted_by }) {
  return h("div", {}, h("p", {}, progressMark(status, page.words), " ", note),
    h("p", { class: "small muted" }, [page.numbers.moment(noted_at), noted_by, evidence].filter(Boolean).join(" · ")));
}

function formOf(page, code) {
  const { say } = page;
  const draft = drafts.get(code) ?? { status: "in_progress", note: "", evidence: "", id: crypto.randomUUID() };
  drafts.set(code, draft);
  const set = (name) => (event) => Object.assign(draft, { [name]: event.target.value, id: crypto.randomUUID() });
  const send = async (event) => {
    event.preventDefault();
    const content = { status: draft.status, note: draft.note.trim(), ...(draft.evidence.trim() ? { evidence: draft.evidence.trim() } : {}) };
    try {
      await write("POST", `/plans/${page.choices.plan}/progress/${code}`, { content, language: page.language, id: draft.id });
      drafts.set(code, { status: draft.status, note: "", evidence: "", id: crypto.randomUUID(), told: say("document.noted") });
    } catch (problem) {
      const errors = problem.errors.map((each) => each.message).join(" ");
      Object.assign(draft, { told: problem.status ? `${problem.title} ${problem.message} ${errors}`.trim() : say("unreachable"), isBad: true });
    }
    page.redraw();
    page.refresh();
  };
  return h("details", { id: `note-${code}` }, h("summary", {}, say("document.note")), h("form", { class: "stack", onsubmit: send },
    h("div", {}, h("label", { for: `status-${code}` }, say("document.status")), h("div", {}, h("select", { id: `status-${code}`, onchange: set("status") }, STATUSES.map((each) => h("option", { value: each, selected: each === draft.status }, page.code("progress_status", each)))))),
    h("div", {}, h("label", { for: `text-${code}` }, say("document.text")), h("textarea", { id: `text-${code}`, rows: 2, required: true, value: draft.note, oninput: set("note") })),
    h("div", {}, h("label", { for: `evidence-${code}` }, say("document.evidence")), h("input", { id: `evidence-${code}`, value: draft.evidence, oninput: set("evidence") })),
    draft.told ? h("p", { class: `notice ${draft.isBad ? "is-bad" : "is-good"}`, role: "status" }, draft.told) : null,
    h("p", {}, h("button", { class: "btn" }, say("document.send")))));
}
