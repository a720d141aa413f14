// Who has reported what: areas by period, each cell a word and a count.

import { h } from "../dom.js";
import { link } from "../url.js";

const SHOWN = 8;

export async function load(page) {
  const [areas, periods, total] = await Promise.all([page.ofPlan("/areas", { view: null }), page.ofPlan("/periods", { view: null }), page.ofPlan("/completeness", { view: null })]);
  const counted = new Set(total.by_period.filter((each) => each.expected).map((each) => each.code));
  const shown = periods.items.map((each) => each.period).filter((each) => counted.has(each)).slice(-SHOWN);
  const columns = await Promise.all(shown.map((period) => page.ofPlan("/completeness", { period, view: null })));
  return { areas, total, shown: shown.join(" "), ...Object.fromEntries(shown.map((period, at) => [period, columns[at]])) };
}

export function draw(page, data) {
  const { say, numbers } = page;
  const shown = data.shown ? data.shown.split(" ") : [];
  const { total } = data.total;
  const areas = data.areas.items.filter((each) => each.reports);
  return [
    h("h1", { class: "headline" }, say("completeness.headline", { reported: total.reported, expected: total.expected, percent: numbers.percent(total.reporting_percent) })),
    h("p", { class: "lead" }, say("completeness.lead", { percent: numbers.percent(total.on_time_percent), count: total.overdue })),
    h("section", { class: "panel" }, h("div", { class: "frame", tabindex: 0, role: "region", "aria-label": say("views.completeness") }, h("table", { class: "heat" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("area")), shown.map((each) => h("th", { scope: "col" }, numbers.period(each))))),
      h("tbody", {}, areas.map((area) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: link({ view: "areas", area: area.code }, { alone: true }) }, area[`name_${page.language}`])),
        shown.map((period) => cell(page, data[period].by_area.find((each) => each.code === area.code)))))),
      h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, say("completeness.all")), shown.map((period) => h("td", {}, numbers.percent(data[period].total.reporting_percent)))))))),
    outstanding(page, data),
  ];
}

/** Overdue before late, late before all on time; where nothing is due, that is said. */
function cell(page, counts) {
  const { say } = page;
  if (!counts?.expected) return h("td", { class: "none" }, say("completeness.not_due"));
  const late = counts.reported - counts.on_time;
  if (counts.overdue) return h("td", { class: "bad" }, say("completeness.overdue", { count: counts.overdue }));
  if (counts.reported + counts.missing_with_reason < counts.expected) return h("td", { class: "warn" }, say("completeness.open", { count: counts.expected - counts.reported }));
  return late ? h("td", { class: "warn" }, say("completeness.late", { count: late })) : h("td", { class: "good" }, say("completeness.reported"));
}

function outstanding(page, { areas, total }) {
  const { say, numbers } = page;
  const rows = total.outstanding.filter((each) => each.overdue).slice(-40).reverse();
  if (!rows.length) return null;
  const name = (code) => areas.items.find((each) => each.code === code)?.[`name_${page.language}`] ?? code;
  return h("section", { class: "panel" }, h("h2", {}, say("completeness.outstanding")), h("ul", { class: "bullets" }, rows.map((each) => h("li", {},
    `${name(each.area)}${page.comma}${numbers.period(each.period)}${page.words.page.colon}${page.indicatorNames?.get(each.indicator) ?? each.indicator}${page.comma}${each.missing_reason ? page.code("missing_reason", each.missing_reason) : say("areas.due", { day: numbers.day(each.due_on) })}`))));
}
