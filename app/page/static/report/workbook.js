// A quarter by spreadsheet: the form to take away, the filled one checked by cell, and submitted.

import { fetchFile, write } from "../api.js";
import { h } from "../dom.js";
import { markOf } from "../marks.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const MOST_SHOWN = 30;
// The file that was chosen last, and what became of it.
const state = { file: null, type: null, id: null, answer: null, findings: [], told: null, isBusy: false };

export function workbookOf(page, { area, period }, isOff) {
  const { say } = page;
  const path = `/plans/${page.choices.plan}/reports`;
  const template = (format) => fetchFile(`${path}/template`, { parameters: { area, period }, language: page.language }).then((blob) => save(blob, `${area}-${period}.${format}`), tell(page));
  const over = (isOver) => (event) => { event.preventDefault(); event.currentTarget.classList.toggle("is-over", isOver); };
  const drop = (event) => { over(false)(event); if (!isOff && event.dataTransfer.files[0]) take(page, event.dataTransfer.files[0]); };
  return h("section", { class: "panel", id: "workbook" }, h("h2", {}, say("report.by_file")), h("p", { class: "sub" }, say("report.by_file_sub")),
    h("ol", { class: "steps" },
      h("li", {}, say("report.step_template"), h("p", {}, h("button", { type: "button", class: "btn", onclick: () => template("xlsx") }, say("report.template")))),
      h("li", {}, say("report.step_fill")),
      h("li", {}, say("report.step_drop"), h("div", { class: "drop", ondragover: over(true), ondragleave: over(false), ondrop: drop },
        h("span", {}, say("report.drop")), h("label", { class: "btn", for: "file" }, say("report.choose_file")),
        h("input", { id: "file", type: "file", class: "sr", accept: ".xlsx,.csv", disabled: isOff, onchange: (event) => event.target.files[0] && take(page, event.target.files[0], event.target) })))),
    h("div", { id: "file-state", role: "status" }, result(page)));
}

const save = (blob, name) => {
  const anchor = h("a", { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
};

const tell = (page) => (problem) => {
  Object.assign(state, { isBusy: false, told: problem.status ? `${problem.title} ${problem.message}` : page.say("unreachable"), isBad: true });
  page.redraw();
};

/** Check a file without storing anything of it. */
async function take(page, file, input) {
  const type = file.name.toLowerCase().endsWith(".csv") ? "text/csv" : XLSX;
  // Read at once: a file that is saved again meanwhile cannot be read later.
  const content = new Blob([await file.arrayBuffer()], { type });
  if (input) input.value = "";
  Object.assign(state, { file: content, name: file.name, type, id: crypto.randomUUID(), answer: null, findings: [], told: null, isBad: false, isBusy: true });
  page.redraw();
  await post(page, { dry_run: true, mode: "partial" }).then((answer) => Object.assign(state, { answer, findings: answer.findings }), (problem) => refused(page, problem));
  state.isBusy = false;
  page.redraw();
}

async function submit(page, mode) {
  await post(page, { mode }, state.id).then((answer) => {
    const count = answer.summary.created + answer.summary.updated;
    Object.assign(state, { file: null, answer: null, findings: answer.findings.filter((each) => answer.summary.rejected && each.severity === "error"), isBad: false, told: answer.applied ? page.say("report.file_taken", { count }) : page.say("report.nothing_new") });
  }, (problem) => refused(page, problem));
  page.redraw();
  page.refresh();
}

function refused(page, problem) {
  const isKnown = problem.status && problem.errors.length;
  Object.assign(state, { answer: null, isBad: true, findings: isKnown ? problem.errors : [], told: isKnown ? null : problem.status ? `${problem.title} ${problem.message}` : page.say("unreachable") });
}

const post = (page, parameters, id) => write("POST", `/plans/${page.choices.plan}/reports/batch`, { parameters, content: state.file, type: state.type, language: page.language, id }).then(({ answer }) => answer);

function result(page) {
  const { say } = page;
  const { answer, findings } = state;
  if (state.isBusy) return h("p", { class: "small" }, say("report.reading"));
  const good = answer ? answer.summary.created + answer.summary.updated : 0;
  const asked = findings.filter((each) => each.severity === "error").length;
  return [
    state.told ? h("p", { class: `notice ${state.isBad ? "is-bad" : "is-good"}` }, state.told) : null,
    findings.length ? h("div", { class: asked ? "find is-bad" : "find" },
      h("h3", { class: asked ? "bad" : "warn" }, markOf(asked ? "missed" : "acceleration_needed"), say("report.file_findings", { errors: asked, queries: findings.length - asked, name: state.name })),
      h("ul", { class: "bullets" }, findings.slice(0, MOST_SHOWN).map((each) => h("li", {}, placeOf(page, each), each.message))),
      findings.length > MOST_SHOWN ? h("p", { class: "small" }, say("report.file_more", { count: findings.length - MOST_SHOWN })) : null,
      state.type === XLSX && state.file ? h("p", {}, h("button", { type: "button", class: "btn", onclick: () => annotated(page) }, say("report.annotated"))) : null) : null,
    answer && !state.told ? [h("p", {}, say("report.file_summary", { ...answer.summary, name: state.name })),
      good ? h("p", {}, h("button", { type: "button", class: "btn main", onclick: () => submit(page, answer.summary.rejected ? "partial" : "atomic") }, say(answer.summary.rejected ? "report.file_submit_good" : "report.file_submit", { count: good }))) : null] : null,
  ];
}

function placeOf(page, { sheet, cell, row }) {
  const place = cell ? [sheet, cell].filter(Boolean).join(" ") : row ? page.say("report.row", { row }) : "";
  return place ? h("b", {}, place, page.words.page.colon) : null;
}

function annotated(page) {
  const path = `/plans/${page.choices.plan}/reports/batch`;
  return fetchFile(path, { parameters: { dry_run: true }, content: state.file, type: XLSX, accept: XLSX, language: page.language })
    .then((blob) => save(blob, state.name.replace(/(\.xlsx)?$/i, `-${page.say("report.annotated_name")}.xlsx`)), tell(page));
}
