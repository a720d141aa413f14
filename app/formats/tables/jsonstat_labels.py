"""What the dimensions of a JSON-stat dataset and their categories are called, and counted in."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from app.formats.tables.table import Table

# A row without a figure has no period.
NO_PERIOD = "none"
_DIMENSIONS = {
    "indicator": {"en": "Indicator", "zh": "指标"},
    "area": {"en": "Area", "zh": "地区"},
    "period": {"en": "Period", "zh": "时期"},
    "version": {"en": "Version", "zh": "版次"},
    "measure": {"en": "Measure", "zh": "度量"},
}
_NO_PERIOD = {"en": "no figure yet", "zh": "尚无数据"}
_PERCENT: dict[str, JsonValue] = {"label": "%", "decimals": 2, "symbol": "%", "position": "end"}
_POINTS: dict[str, JsonValue] = {"label": "percentage points", "decimals": 2}


def label_table(table: Table) -> str:
    """The table's name with the plan's title, in the language of labels."""
    if table.origin is None:
        return table.name
    plan = table.origin.document.plan
    return f"{plan.title_zh if table.language == 'zh' else plan.title_en}: {table.name}"


def describe_dimension(table: Table, name: str, codes: Sequence[str]) -> JsonValue:
    """A dimension with its categories; labels in both languages are in its extension."""
    labels = {language: _labels(table, name, language) for language in ("en", "zh")}
    named = {
        language: {code: known.get(code, code) for code in codes}
        for language, known in labels.items()
    }
    category: dict[str, JsonValue] = {
        "index": list(codes),
        "label": dict(named[table.language]),
    }
    if units := _units(table, name, codes):
        category["unit"] = units
    extension: dict[str, JsonValue] = {"label": {each: dict(named[each]) for each in named}}
    if name == "measure":
        kinds = {column.name: column for column in table.columns}
        category["note"] = {code: [kinds[code].definition] for code in codes}
        extension["kind"] = {code: kinds[code].kind.value for code in codes}
    return {
        "label": _DIMENSIONS[name][table.language],
        "category": category,
        "extension": extension,
    }


def _labels(table: Table, name: str, language: str) -> Mapping[str, str]:
    """The labels that are not simply the codes."""
    if name == "period":
        return {NO_PERIOD: _NO_PERIOD[language]}
    if name == "measure" and language == "zh":
        return {column.name: column.name_zh or column.name for column in table.columns}
    if table.origin is None or name not in {"indicator", "area"}:
        return {}
    document = table.origin.document
    entries = document.indicators if name == "indicator" else document.areas
    return {each.code: each.name_zh if language == "zh" else each.name_en for each in entries}


def _units(table: Table, name: str, codes: Sequence[str]) -> dict[str, JsonValue]:
    """The units of percentages, and of what the other numbers are counted in."""
    if name == "measure":
        percents = {column.name for column in table.columns if column.is_percent}
        return {
            code: _PERCENT if code.endswith("_percent") else _POINTS
            for code in codes
            if code in percents
        }
    if name != "indicator" or table.origin is None:
        return {}
    return {
        each.code: {"label": each.unit, "decimals": 0 if each.checks.integer else 2}
        for each in table.origin.document.indicators
        if each.code in codes
    }
