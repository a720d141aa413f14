// Numbers and times as the readers of each language write them.

const MISSING = "—";
// Large units of the language: a count of 人 reads as 万人, 亿元 as billion yuan.
const LARGER = {
  zh: { 人: [10000, "万人"], 平方米: [10000, "万平方米"] },
  en: {
    亿元: [10, "billion yuan"],
    万亿元: [0.001, "billion yuan"],
    万元: [100, "million yuan"],
    元: [1, "yuan"],
    平方米: [1000000, "million m²"],
    万平方米: [100, "million m²"],
  },
};
// Where the name of a unit is too long beside a number.
const SHORTER = { zh: {}, en: { 平方米: "m²" } };
const COUNTS = new Set(["人", "家", "个", "份"]);
// Of so many, no part of one is said.
const MANY = 1000;
const LEAST_SCALED = 10000;

export class Numbers {
  constructor(language, units) {
    this.language = language;
    this.units = units;
  }

  /** {text, unit, exact} of a value in its unit. */
  quantity(value, unit) {
    if (value === null || value === undefined) return { text: MISSING, unit: "", exact: "" };
    const [factor, name] = this.scale(value, unit);
    const isCount = COUNTS.has(unit) && factor === 1;
    const places = isCount && (Number.isInteger(value) || Math.abs(value) >= MANY) ? 0 : 2;
    return {
      text: this.fixed(value / factor, places),
      unit: name,
      exact: `${this.fixed(value, undefined)} ${this.units[unit] ?? unit}`.trim(),
    };
  }

  scale(value, unit) {
    const larger = LARGER[this.language][unit];
    const isMoney = unit.endsWith("元");
    if (larger && (isMoney || Math.abs(value) >= Math.max(LEAST_SCALED, larger[0]))) return larger;
    // What is counted is in the name of the indicator: English needs no counter.
    return [1, this.language === "en" && COUNTS.has(unit) ? "" : SHORTER[this.language][unit] ?? this.units[unit] ?? unit];
  }

  /** One unit and one number of decimals for a column or an axis. */
  column(values, unit) {
    const known = values.filter((each) => each !== null && each !== undefined);
    const [factor, name] = this.scale(Math.max(0, ...known.map(Math.abs)), unit);
    const isWhole = COUNTS.has(unit) && factor === 1 && known.every(Number.isInteger);
    const isLong = known.some((each) => Math.abs(each) >= LEAST_SCALED * factor);
    return { factor, name, places: isWhole || isLong ? 0 : 2 };
  }

  /** A value without its unit, in the unit of its column. */
  inColumn(value, { factor, places }) {
    return value === null || value === undefined ? MISSING : this.fixed(value / factor, places);
  }

  fixed(value, places) {
    const shown = value.toLocaleString(this.language === "zh" ? "zh-CN" : "en-GB", {
      minimumFractionDigits: places ?? 0,
      maximumFractionDigits: places ?? 8,
    });
    return shown.replace("-", "−");
  }

  /** With a unit, in one text. */
  text(value, unit) {
    const found = this.quantity(value, unit);
    return found.unit ? `${found.text} ${found.unit}` : found.text;
  }

  /** One decimal; what is below 100 is never shown as 100.0, nor what is above. */
  percent(value) {
    if (value === null || value === undefined) return MISSING;
    let shown = Math.round(value * 10) / 10;
    if (shown === 100 && value < 100) shown = 99.9;
    if (shown === 100 && value > 100 + 1e-9) shown = 100.1;
    return `${this.fixed(shown, 1)}%`;
  }

  signed(value, places) {
    const rounded = Number(value.toFixed(places ?? 8));
    return `${rounded > 0 ? "+" : ""}${this.fixed(rounded || 0, places)}`;
  }

  signedPercent(value) {
    return value === null || value === undefined ? MISSING : `${this.signed(value, 1)}%`;
  }

  /** 2025-Q2 as 2025年第二季度; a year's end as the year where `annual`. */
  period(code, { annual = false } = {}) {
    if (!code) return MISSING;
    const [year, quarter] = code.split("-Q");
    if (this.language === "zh") {
      return !quarter || annual ? `${year}年` : `${year}年第${"一二三四"[quarter - 1]}季度`;
    }
    return !quarter || annual ? year : `Q${quarter} ${year}`;
  }

  moment(instant) {
    const zone = { timeZone: "Asia/Shanghai" };
    const form = this.language === "zh" ? "zh-CN" : "en-GB";
    const day = { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" };
    return new Date(instant).toLocaleString(form, { ...zone, ...day, hour12: false });
  }

  day(date) {
    const form = this.language === "zh" ? "zh-CN" : "en-GB";
    return new Date(`${date}T00:00:00Z`).toLocaleDateString(form, {
      timeZone: "UTC", year: "numeric", month: "long", day: "numeric",
    });
  }
}
