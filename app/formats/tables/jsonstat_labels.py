"""What the dimensions of a JSON-stat dataset and their categories are called, and counted in."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from app.formats.tables.beside import first_day, last_day
from app.formats.tables.table import Column, Table
from app.words.book import label_column, texts

# A row without a figure has no period.
NO_PERIOD = "none"
_PERCENT: dict[str, JsonValue] = {"label": "%", "decimals": 2, "symbol": "%", "position": "end"}


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
    if name == "period":
        days = {"start": first_day, "end": last_day}
        extension |= {
            side: {code: day(code).isoformat() for code in codes if code != NO_PERIOD}
            for side, day in days.items()
        }
    if name == "measure":
        columns = {column.name: column for column in table.columns}
        category["note"] = {code: [_define(table, columns[code])] for code in codes}
    return {
        "label": _name_dimension(name, table.language),
        "category": category,
        "extension": extension,
    }


def describe_column(table: Table, column: Column) -> JsonValue:
    """A column that is no number: what it is called, means and holds."""
    labels = {
        language: texts("columns", language).get(column.name, {}).get("name", column.name)
        for language in ("en", "zh")
    }
    known: dict[str, JsonValue] = {"label": labels[table.language]}
    return known | {"note": _define(table, column), "kind": column.kind.value, "labels": labels}


def _define(table: Table, column: Column) -> str:
    return column.definition_zh if table.language == "zh" else column.definition


def _labels(table: Table, name: str, language: str) -> Mapping[str, str]:
    """The labels that are not simply the codes."""
    if name == "period":
        return {NO_PERIOD: texts("tables", language)["no_period"]}
    if name == "measure":
        known = texts("columns", language)
        return {each.name: known[each.name]["name"] for each in table.columns if each.name in known}
    if table.origin is None or name not in {"indicator", "area"}:
        return {}
    document = table.origin.document
    entries = document.indicators if name == "indicator" else document.areas
    return {each.code: each.name_zh if language == "zh" else each.name_en for each in entries}


def _name_dimension(name: str, language: str) -> str:
    """A dimension that is a column is called as the column is."""
    own = texts("tables", language)["dimensions"]
    return str(own[name]) if name in own else label_column(name, language)


def _units(table: Table, name: str, codes: Sequence[str]) -> dict[str, JsonValue]:
    """The units of percentages, and of what the other numbers are counted in."""
    if name == "measure":
        label = texts("tables", table.language)["percentage_points"]
        points: JsonValue = {"label": label, "decimals": 2}
        percents = {column.name for column in table.columns if column.is_percent}
        return {
            code: _PERCENT if code.endswith("_percent") else points
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
