// The figures of a report: each beside the last one and that of a year before; a card each on a phone.

import { h } from "../dom.js";
import { markOf } from "../marks.js";
import { inUnit, yearBefore } from "../report/draft.js";

const COLUMNS = ["now", "last", "year_ago", "added", "added_before", "yoy", "result"];
// Below this a change of a count is told in units: 100 % more of one is one.
const SMALL = 30;

export function figuresOf(page, data) {
  const { say } = page;
  const head = (name) => h("th", { scope: "col", role: "columnheader", class: name === "result" ? null : "num" }, say(`review.${name}`));
  return h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("review.figures") },
    h("table", { class: "cmp", role: "table" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("th", { scope: "col", role: "columnheader" }, say("review.indicator")), COLUMNS.map(head))),
      h("tbody", { role: "rowgroup" }, data.report.figures.map((figure) => rowsOf(page, figure, data)))));
}

function rowsOf(page, figure, { report, figures, indicators, follows }) {
  const { numbers, say } = page;
  const definition = indicators.items.find((each) => each.code === figure.indicator);
  const known = figures.items.filter((each) => each.indicator === figure.indicator && each.value !== null);
  const at = (period) => known.find((each) => each.period === period);
  const before = known.filter((each) => each.period < report.period).sort((one, other) => one.period.localeCompare(other.period)).at(-1);
  const ago = at(yearBefore(report.period));
  const isAnnual = definition?.frequency === "year";
  const row = follows?.items.find((each) => each.indicator === figure.indicator && each.area === report.area);
  const findings = report.findings.filter((each) => each.indicator === figure.indicator);
  const cell = (name, ...content) => h("td", { class: name === "now" ? "num now" : name === "result" ? null : "num", role: "cell", "data-label": say(`review.${name}`) }, content);
  // All in the unit that was reported, so that the numbers compare as they stand.
  const unit = figure.reported_unit ?? before?.reported_unit ?? definition?.unit;
  const short = (value) => inUnit(page, value, definition?.unit ?? figure.unit, unit);
  const past = (name, one) => cell(name, one ? [short(one.value), h("small", { class: "muted block" }, numbers.period(one.period))] : "—");
  const change = (value) => (value === null ? "—" : short(value));
  const isExplained = findings.length || figure.explanation;
  return [
    h("tr", { role: "row", id: `fig-${figure.indicator}`, class: isExplained ? "has-q" : null },
      h("th", { scope: "row", role: "rowheader" }, definition?.[`name_${page.language}`] ?? figure.indicator, h("span", { class: "small muted block" }, [page.code("unit", unit), figure.basis && page.code("basis", figure.basis)].filter(Boolean).join(" · "))),
      cell("now", figure.value === null ? page.code("missing_reason", figure.missing_reason) : short(figure.value), figure.previous_value === null ? null : h("small", { class: "muted block" }, say("review.was", { value: short(figure.previous_value).textContent }))),
      past("last", before), past("year_ago", ago),
      cell("added", change(added(figure, report.period, at, isAnnual))), cell("added_before", change(ago ? added(ago, ago.period, at, isAnnual) : null)),
      cell("yoy", yoyOf(page, row)),
      cell("result", findings.length ? h("span", { class: "rate warn" }, markOf("acceleration_needed"), say("report.query")) : h("span", { class: "ok" }, say("report.fine")))),
    isExplained ? h("tr", { class: "q", role: "row" }, h("td", { colspan: COLUMNS.length + 1, role: "cell" }, h("div", { class: "find" }, findings.map((each) => findingOf(page, each, definition)),
      figure.explanation ? h("p", { class: "quote" }, h("span", { class: "muted small block" }, say("report.explanation")), figure.explanation) : null))) : null,
  ];
}

function findingOf(page, { code, message }, definition) {
  const title = page.say(`found.${code in page.words.page.found ? code : "other"}`);
  const names = [definition?.[`name_${page.language}`], definition?.code].map((each) => `${each}${page.words.page.colon}`);
  const name = names.find((each) => message.startsWith(each)) ?? "";
  return h("p", {}, h("b", {}, page.say("report.query"), page.words.page.colon, title, page.language === "zh" ? "。" : ". "), message.slice(name.length));
}

/** What the quarter alone added; null where the running totals do not tell. */
function added({ value, basis }, period, at, isAnnual) {
  if (value === null || basis === "level") return null;
  if (basis === "quarter" || (basis === "ytd" && period.endsWith("Q1"))) return value;
  const before = at(isAnnual ? yearBefore(period) : quarterBefore(period));
  return before?.basis === basis ? Number((value - before.value).toFixed(8)) : null;
}

function quarterBefore(period) {
  const [year, quarter] = period.split("-Q").map(Number);
  return quarter > 1 ? `${year}-Q${quarter - 1}` : `${year - 1}-Q4`;
}

/** As the server calculates it, were the report approved. */
function yoyOf(page, row) {
  if (!row || row.yoy_percent === null) return row && row.yoy_change !== null ? page.numbers.signed(row.yoy_change) : "—";
  const isSmall = Number.isInteger(row.yoy_change) && Math.abs(row.actual) < SMALL && page.numbers.quantity(row.actual, row.unit).text === String(row.actual);
  return isSmall ? page.numbers.signed(row.yoy_change) : page.numbers.signedPercent(row.yoy_percent);
}
