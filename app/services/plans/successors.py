"""A draft of the plan that follows another: its areas, indicators and baselines, targets left open.

It is a plan file to be filled in: whoever loads it is told of each target that has no value yet.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from app.domain.accumulation import Accumulation
from app.domain.bulletin.ending import is_final
from app.domain.checks.unit import plain
from app.domain.path import PathKind
from app.domain.standing import stand
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.schemas.document.plan import TargetEntry
from app.services.state.plan import KnownPlan
from app.words.book import fill, texts

# What a plan file says of a thing, by its fields.
_Part = dict[str, Any]
# What the next plan takes over as it is.
_KEPT = ("settings", "units", "areas", "indicators", "rules")
_YEAR = re.compile(r"-(19|20)\d\d$")


class _Dumper(yaml.SafeDumper):
    """Writes numbers as they are, and codes as texts."""


def _number(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    kind = "int" if value == value.to_integral_value() else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", f"{plain(value):f}")


_Dumper.add_representer(Decimal, _number)
_Dumper.add_multi_representer(str, lambda dumper, value: dumper.represent_str(str(value)))


def draft_successor(known: KnownPlan, *, years: tuple[int, int], language: str) -> str:
    """The plan file of the next plan, with comments in a language."""
    words = texts("drafts", language)
    document = known.definition.document
    kept = document.model_dump(include=set(_KEPT), exclude_defaults=True)
    parts = [
        _comment(words["heading"], earlier=document.plan.code),
        _write({"format": document.format}),
        _comment(words["plan"]),
        _write({"plan": _header(known, years)}),
        *(_comment(words[name]) + _write({name: kept[name]}) for name in _KEPT if name in kept),
        _comment(words["targets"]),
        "targets:\n" if document.targets else "targets: []\n",
        *(_target(known, each, years, words, language) for each in document.targets),
    ]
    return "\n".join(parts)


def name_successor(code: str, last_year: int) -> str:
    """The code of the next plan: that of the one before, with its own last year.

    >>> name_successor("shenzhen-software-2025", 2030)
    'shenzhen-software-2030'
    """
    return f"{_YEAR.sub('', code)}-{last_year}"


def _header(known: KnownPlan, years: tuple[int, int]) -> _Part:
    header = known.definition.document.plan
    facts = {"first": years[0], "last": years[1]}
    return {
        "code": name_successor(header.code, years[1]),
        "title_zh": fill(texts("drafts", "zh")["title"], {"title": header.title_zh, **facts}),
        "title_en": fill(texts("drafts", "en")["title"], {"title": header.title_en, **facts}),
        "publisher_zh": header.publisher_zh,
        "publisher_en": header.publisher_en,
        "start_date": date(years[0], 1, 1),
        "start_year": years[0],
        "end_year": years[1],
        "follows": header.code,
    }


def _target(
    known: KnownPlan,
    entry: TargetEntry,
    years: tuple[int, int],
    words: Mapping[str, Any],
    language: str,
) -> str:
    """A target without its value, below what became of the one before."""
    names, unit = known.definition.names_in(language), known.definition.indicators
    final, baseline = _final(known, entry)
    said = words["no_final" if final is None else "final"]
    facts = {
        "indicator": names.indicators[entry.indicator],
        "area": names.areas[entry.area],
        "target": f"{entry.value:f} {entry.unit}",
        "final": "" if final is None else f"{_shown(final)} {unit[entry.indicator].unit}",
    }
    is_range = entry.value_high is not None
    content = {
        "indicator": entry.indicator,
        "area": entry.area,
        "value": None,
        **({"value_high": None} if is_range else {}),
        "unit": unit[entry.indicator].unit,
        "comparator": entry.comparator,
        "commitment": entry.commitment,
        "deadline": str(years[1]),
        **({"direction": entry.direction} if entry.direction else {}),
        **baseline,
        "path": PathKind.LINEAR if entry.path is PathKind.MILESTONES else entry.path,
    }
    lines = [_comment(said, **facts), _write([content])]
    return "".join(f"  {line}\n" for text in lines for line in text.splitlines())


def _final(known: KnownPlan, entry: TargetEntry) -> tuple[Decimal | None, _Part]:
    """What a target ended with, and the baseline of the next one: the level at the plan's end.

    An increment begins with 0 again.
    """
    rules, end = known.plan.rules, Period(known.plan.rules.last_year, QUARTERS_A_YEAR)
    indicator = rules.indicators[entry.indicator]
    standing = stand(known.plan, indicator, entry.area, end)
    level = standing.level.value
    if not is_final(standing) or not isinstance(level, Decimal):
        return None, {}
    value = standing.actual.value
    final = value if isinstance(value, Decimal) else None
    if indicator.accumulation is Accumulation.INCREMENT:
        return final, {}
    return final, {"baseline": {"value": level, "period": str(end.year)}}


def _shown(value: Decimal) -> str:
    """A number to read: two decimals at most."""
    return f"{plain(round(value, 2)):f}"


def _comment(text: str, **facts: object) -> str:
    return "".join(f"# {line}\n" for line in _lines(fill(text, facts)))


def _lines(text: str) -> Iterator[str]:
    yield from (line.rstrip() for line in text.strip().splitlines())


def _write(content: object) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return text
