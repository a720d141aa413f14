// What every view is given: words, numbers, choices, and reading.

import { read } from "./api.js";
import { h } from "./dom.js";
import { Numbers } from "./numbers.js";
import { choices } from "./url.js";

export class Page {
  constructor(words, language) {
    this.words = words;
    this.language = language;
    this.comma = language === "zh" ? "，" : ", ";
    this.numbers = new Numbers(language, words.codes.unit);
    this.say = this.say.bind(this);
  }

  get choices() {
    return choices();
  }

  /** A text of the page with its facts: say(key, {count: 3}). */
  say(key, facts = {}) {
    const text = key.split(".").reduce((found, part) => found?.[part], this.words.page) ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
  }

  code(kind, code) {
    return this.words.codes[kind]?.[code] ?? code;
  }

  /** The name of a thing in the language: of an indicator, an area, a plan. */
  name(row, kind) {
    return row[`${kind}_name_${this.language}`] ?? row[`${kind}_${this.language}`] ?? row[kind];
  }

  title(row) {
    return row[`title_${this.language}`];
  }

  /** Why a field is empty, in words. */
  reason(row, field) {
    const code = row.reasons?.[field];
    return code ? this.code("null_reason", code) : "";
  }

  join(parts) {
    const [comma, and] = this.language === "zh" ? ["、", "、"] : [", ", " and "];
    return parts.length < 2 ? parts.join("") : parts.slice(0, -1).join(comma) + and + parts.at(-1);
  }

  /** Read from the API, as of the past and in the view that is chosen. */
  read(path, parameters = {}) {
    return read(path, parameters, this.language);
  }

  ofPlan(path, parameters = {}) {
    const { plan, as_of, data } = this.choices;
    const chosen = { as_of, view: data === "provisional" ? data : null };
    return this.read(`/plans/${plan}${path}`, { ...chosen, ...parameters });
  }

  /** A number with its unit beside it; the exact value is told on hover and on focus. */
  value(value, unit) {
    const { text, unit: name, exact } = this.numbers.quantity(value, unit);
    if (!exact) return h("span", { class: "v" }, text);
    return h("span", { class: "v" }, this.told(value, text, exact), name ? h("span", { class: "u" }, name) : null);
  }

  /** A number in the unit that the head of its `column` names, or why there is none. */
  cell(row, field, column, unit = row.unit) {
    const value = row[field];
    if (value === null || value === undefined) return this.missing(row, field);
    const { exact } = this.numbers.quantity(value, unit);
    return this.told(value, this.numbers.inColumn(value, column), exact);
  }

  told(value, text, exact) {
    const isRounded = Number(text.replaceAll(",", "").replace("−", "-")) !== value;
    return h("data", { value, "data-tip": exact, tabindex: isRounded ? 0 : null }, text);
  }

  percentCell(row, field) {
    return row[field] === null ? this.missing(row, field) : this.numbers.percent(row[field]);
  }

  /** A counter after a number, where the language has one. */
  unitAfter(unit) {
    const [, name] = this.numbers.scale(0, unit);
    return name ? h("span", { class: "u" }, name) : null;
  }

  /** A text of a plan file that is written in both languages, "中文 / English". */
  inLanguage(text) {
    const [zh, en] = text.split(" / ");
    return this.language === "en" && en ? en : zh;
  }

  /** A dash that tells the reason. */
  missing(row, field) {
    const reason = this.reason(row, field);
    return h("span", { class: "unk", "data-tip": reason || null, tabindex: reason ? 0 : null }, "—");
  }
}
