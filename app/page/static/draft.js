// A report that is being filled in: what was typed, as the file that the API checks and stores.

import { write } from "./api.js";

const COLUMNS = ["area", "period", "indicator", "value", "unit", "basis", "missing_reason", "explanation", "correction_reason", "note"];

/** The figures as CSV: a file, so that what is found is told in a clerk's words. */
export function toFile(fields, area, period) {
  const lines = fields.filter(isGiven).map((each) => [area, period, each.indicator, each.value, each.missing_reason ? "" : each.unit, each.missing_reason ? "" : each.basis,
    each.missing_reason, each.explanation, each.correction_reason, ""]);
  return new Blob([[COLUMNS, ...lines].map((line) => line.map(quoted).join(",")).join("\r\n")], { type: "text/csv" });
}

export const isGiven = (each) => Boolean(each.value || each.missing_reason);
const quoted = (text) => `"${String(text ?? "").replaceAll('"', '""')}"`;

/** What the API finds in the figures, by indicator; nothing is stored. */
export async function check(page, fields, area, period) {
  const { answer } = await send(page, fields, area, period, { dry_run: true, mode: "partial" }).catch((problem) => {
    if (!problem.said.summary) throw problem;
    return { answer: { findings: problem.errors } };
  });
  return Map.groupBy(answer.findings, (each) => each.indicator);
}

/** Submit; the id of the attempt makes a repeated click one report. */
export const submit = (page, fields, area, period, id) => send(page, fields, area, period, {}, id);

function send(page, fields, area, period, parameters, id) {
  return write("POST", `/plans/${page.choices.plan}/reports/batch`, { parameters, content: toFile(fields, area, period), type: "text/csv", language: page.language, id });
}
