"""What a check says of a figure: in the words of the API, or in those of the clerk's file.

A program is answered in codes, as it sent them. To the clerk who filled in a file, indicators,
areas, bases and reasons are named as the plan and the form name them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.checks.finding import Fact, Finding, FindingCode, PlanNames
from app.words.book import fill, join, name_code, texts

# Of which list the codes are that a finding holds; units are known by their symbols anywhere.
_CODED = {
    FindingCode.VALUE_REQUIRED: "missing_reason",
    FindingCode.MISSING_REASON_INVALID: "missing_reason",
    FindingCode.PRICE_BASIS_INVALID: "price_basis",
    FindingCode.OBS_STATUS_INVALID: "obs_status",
    FindingCode.BASIS_REQUIRED: "basis",
    FindingCode.BASIS_NOT_ALLOWED: "basis",
}
# How a value that was not given is quoted.
_BLANK = {"", "null"}
_WITHOUT_NAMES = PlanNames(indicators={}, areas={})


def say_finding(finding: Finding, language: str, names: PlanNames = _WITHOUT_NAMES) -> str:
    """What a check says, in a language. ``names`` are the plan's, in that language."""
    book = texts("findings", language)
    text = _choose(finding, book)
    if not finding.indicator:
        rest = text.removeprefix("{indicator}").lstrip(":： ")
        text = rest if rest.startswith("{") else rest[:1].upper() + rest[1:]
    message = fill(text, {**finding.facts, **_said(finding, language, names, book)})
    if finding.cell is None:
        return message
    return fill(book["at_cell"], {"cell": finding.cell, "message": message})


def _choose(finding: Finding, book: Mapping[str, Any]) -> str:
    """The sentence for a code, or for the case of it that the facts name."""
    code = finding.code.value
    known = {**book["findings"], **(book["in_files"] if finding.is_in_file else {})}
    cases = (f"{code}_{case}" for case in _cases(finding))
    return str(known[next((case for case in cases if case in known), code)])


def _cases(finding: Finding) -> Iterator[str]:
    facts = finding.facts
    yield str(facts.get("why"))
    if "candidates" in facts:
        yield "unclear"
    if "first_sheet" in facts:
        yield "sheets"
    if str(facts.get("value")) in _BLANK:
        yield "blank"
    if finding.column is not None:
        yield finding.column


def _said(
    finding: Finding, language: str, names: PlanNames, book: Mapping[str, Any]
) -> dict[str, object]:
    """The facts that are no number and no text: what a code, a kind or a reason is called."""
    facts: dict[str, object] = {"unit": "", **finding.facts}
    is_in_file = finding.is_in_file
    called = names.indicators if is_in_file else {}
    indicator = finding.indicator or ""
    said: dict[str, object] = {
        "unit": facts["unit"],
        "indicator": called.get(indicator, indicator),
        "remedy": book["remedies"]["file" if is_in_file else "program"],
    }
    if "hint" in facts:
        hints = {**book["hints"], **(book["hints_in_files"] if is_in_file else {})}
        said["hint"] = fill(hints[facts["hint"]], facts)
    if "allowed" in facts and finding.code is not FindingCode.HEADER_MISMATCH:
        codes = str(facts["allowed"]).split()
        kind = _CODED.get(finding.code)
        known = [_say_code(kind, each, finding, language) for each in codes] if kind else codes
        said["allowed"] = join(known, language)
    if "candidates" in facts:
        said["candidates"] = _say_candidates(finding, language, names)
    return said | _SAYS.get(finding.code, _nothing)(finding, language, names)


def _say_code(kind: str, code: str, finding: Finding, language: str) -> str:
    form = texts("findings", language)["code_in_file" if finding.is_in_file else "code_in_api"]
    return fill(form, {"code": code, "name": name_code(kind, code, language)})


def _say_candidates(finding: Finding, language: str, names: PlanNames) -> str:
    """What a word of a file may mean: areas and indicators by name, codes where names agree."""
    codes, column = str(finding.facts["candidates"]).split(), finding.column or ""
    called = {"area": names.areas, "indicator": names.indicators}.get(column)
    if called is None:
        return join([_say_code(column, code, finding, language) for code in codes], language)
    known = [called.get(code, code) for code in codes]
    form = texts("findings", language)["code_in_file" if len({*known}) > 1 else "code_in_api"]
    said = [fill(form, {"code": c, "name": n}) for c, n in zip(codes, known, strict=True)]
    return join(said, language)


def _nothing(*_: object) -> dict[str, object]:
    return {}


def _period_not_open(finding: Finding, language: str, _: PlanNames) -> dict[str, object]:
    whys = texts("findings", language)["periods_not_open"]
    return {"why": fill(whys[finding.facts["why"]], finding.facts)}


def _period_closed(finding: Finding, language: str, _: PlanNames) -> dict[str, object]:
    form = "due" if finding.facts["extended_until"] is None else "extended"
    return {"closing": fill(texts("findings", language)["closing"][form], finding.facts)}


def _not_integer(finding: Finding, language: str, _: PlanNames) -> dict[str, object]:
    """The value in the indicator's own unit, where that is another one."""
    form = "same" if finding.facts["unit"] == finding.facts["canonical"] else "other"
    return {"equal": fill(texts("findings", language)["equal"][form], finding.facts)}


def _implausible_first(finding: Finding, language: str, names: PlanNames) -> dict[str, object]:
    """What a first figure is held against; a part of what is called by its name in a file."""
    facts = finding.facts
    area = str(facts.get("reference_area", ""))
    called = names.areas.get(area, area) if finding.is_in_file else area
    form = texts("findings", language)["comparisons"][facts["against"]]
    return {"comparison": fill(form, {**facts, "area": called})}


def _scale_slip(finding: Finding, language: str, _: PlanNames) -> dict[str, object]:
    book, facts = texts("findings", language), finding.facts
    form = "unit" if facts["looks_like"] else "none"
    return {
        "direction": book["directions"][facts["direction"]],
        "looks_like": fill(book["looks_like"][form], facts),
    }


def _rule_violated(finding: Finding, language: str, _: PlanNames) -> dict[str, object]:
    return {"rule": finding.facts[f"rule_{language}"]}


def _already_reported(finding: Finding, language: str, _: PlanNames) -> dict[str, object]:
    """What is on record: a figure on a basis, or the reason why there is none."""
    facts, reasons = finding.facts, texts("codes", language)["missing_reason"]
    if facts.get("why") == "beside":
        return {
            "beside": _beside(facts, "", language),
            "live_beside": _beside(facts, "live_", language),
        }
    value = str(facts["value"])
    if value in reasons:
        value = _say_code("missing_reason", value, finding, language)
    form, known = "missing", {"live": reasons.get(facts["live"], facts["live"])}
    if facts["live_basis"] is not None:
        basis = name_code("basis", str(facts["live_basis"]), language)
        form, known = "figure", {**facts, "live_basis": basis}
    return {"value": value, "live": fill(texts("findings", language)["live"][form], known)}


def _beside(facts: Mapping[str, Fact], prefix: str, language: str) -> str:
    """What is said beside a value: its status, and the growth published with it."""
    said = [name_code("obs_status", str(facts[f"{prefix}obs_status"]), language)]
    growth, prices = (facts[f"{prefix}{name}"] for name in ("growth_percent", "price_basis"))
    at = "" if prices is None else name_code("price_basis", str(prices), language)
    if growth is not None:
        form = texts("findings", language)["beside"]["growth_at" if at else "growth"]
        said.append(fill(form, {"growth": growth, "prices": at}))
    elif at:
        said.append(at)
    return join(said, language, word="and")


def _not_reportable(finding: Finding, language: str, names: PlanNames) -> dict[str, object]:
    value, sources = str(finding.facts["value"]), str(finding.facts["source"]).split()
    if finding.is_in_file:
        form = texts("findings", language)["code_in_file"]
        called = {code: fill(form, {"name": name}) for code, name in names.indicators.items()}
        value, sources = called.get(value, value), [called.get(each, each) for each in sources]
    return {"value": value, "source": join(sources, language, word="and")}


def _header_mismatch(finding: Finding, language: str, names: PlanNames) -> dict[str, object]:
    called, facts = names.areas, finding.facts
    if finding.column == "basis":
        return {"value": _say_code("basis", str(facts["value"]), finding, language)}
    return {name: called.get(str(facts[name]), facts[name]) for name in ("value", "allowed")}


_SAYS = {
    FindingCode.ALREADY_REPORTED: _already_reported,
    FindingCode.IMPLAUSIBLE_FIRST: _implausible_first,
    FindingCode.HEADER_MISMATCH: _header_mismatch,
    FindingCode.NOT_INTEGER: _not_integer,
    FindingCode.NOT_REPORTABLE: _not_reportable,
    FindingCode.PERIOD_CLOSED: _period_closed,
    FindingCode.PERIOD_NOT_OPEN: _period_not_open,
    FindingCode.RULE_VIOLATED: _rule_violated,
    FindingCode.SCALE_SLIP: _scale_slip,
}
