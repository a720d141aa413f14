"""What a file has beside the columns of the JSON answer: names of codes, days of periods."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from app.domain.time.period import Period
from app.formats.tables.table import Column, ColumnKind
from app.schemas.document.plan import PlanDocument
from app.words.book import label_column, texts

PERIOD_DAYS = ("period_start", "period_end")
# The columns of the names of codes, by language.
_NAMED = ("indicator", "area")
_LANGUAGES = ("zh", "en")
BESIDE = (*PERIOD_DAYS, *(f"{code}_name_{lang}" for code in _NAMED for lang in _LANGUAGES))


def with_beside(columns: Sequence[Column], document: PlanDocument | None) -> list[Column]:
    """The columns, and after each code its names, after each period its first and last day.

    Names are in the plan's ``document``; without one there are none.
    """
    known = {column.name for column in columns}
    return [
        each
        for column in columns
        for each in (column, *(e for e in _beside(column.name, document) if e.name not in known))
    ]


def _beside(name: str, document: PlanDocument | None) -> Iterator[Column]:
    if name == "period":
        for each, read in zip(PERIOD_DAYS, (first_day, last_day), strict=True):
            yield _column(each, ColumnKind.DAY, name, read)
    elif name in _NAMED and document is not None:
        for language in _LANGUAGES:
            names = _names(document, name, language)
            yield _column(f"{name}_name_{language}", ColumnKind.TEXT, name, names.get)


def _names(document: PlanDocument, name: str, language: str) -> Mapping[str, str]:
    entries = document.indicators if name == "indicator" else document.areas
    return {each.code: each.name_zh if language == "zh" else each.name_en for each in entries}


def _column(
    name: str, kind: ColumnKind, of: str, convert: Callable[[str], date | str | None]
) -> Column:
    definition, definition_zh = (
        str(texts("columns", language)[name]["description"]) for language in ("en", "zh")
    )
    return Column(
        name=name,
        kind=kind,
        definition=definition,
        definition_zh=definition_zh,
        name_zh=label_column(name, "zh"),
        of=of,
        convert=convert,
    )


# A table has few periods and many rows.
@lru_cache(maxsize=1024)
def first_day(period: str) -> date:
    """The first day of a period."""
    return Period.parse(period).first_day


@lru_cache(maxsize=1024)
def last_day(period: str) -> date:
    """The last day of a period."""
    return Period.parse(period).last_day
