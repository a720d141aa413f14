"""Every case of the shared file, through the domain: published series first, then the edges."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

import pytest

from app.domain.accumulation import Accumulation, Basis
from app.domain.coverage import combine
from app.domain.gap import Assessment, assess
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Undefined
from app.domain.rating import Bands
from app.domain.series import Observed, Series
from app.domain.target import Target
from app.domain.time.period import Period

FILE = Path(__file__).parents[1] / "cases" / "gap_cases.json"
RELATIVE = Decimal("1e-6")
NOTHING = Decimal("1e-9")


class SentTarget(TypedDict):
    value: Decimal
    comparator: str
    deadline: str
    direction: str
    path: str


class SentPoint(TypedDict):
    value: Decimal
    period: str


class SentObservation(SentPoint):
    basis: str


class Request(TypedDict):
    target: SentTarget
    baseline: SentPoint | None
    start: str | None
    accumulation: str
    observations: list[SentObservation]
    period: str


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    request: Request
    expected: dict[str, Decimal | str | None]


def load_cases() -> list[Case]:
    text = FILE.read_text(encoding="utf-8")
    content = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return [Case(case["name"], case["request"], case["expected"]) for case in content["cases"]]


def to_target(request: Request) -> Target:
    """Without a baseline, a total since the plan's start counts from 0."""
    target, baseline, start = request["target"], request["baseline"], request["start"]
    first = Decimal(0) if start else None
    return Target(
        value=target["value"],
        comparator=Comparator(target["comparator"]),
        deadline=Period.parse(target["deadline"]),
        direction=Direction(target["direction"]),
        path=PathKind(target["path"]),
        baseline=baseline["value"] if baseline else first,
        baseline_period=Period.parse(baseline["period"]) if baseline else None,
        start=date.fromisoformat(start) if start else None,
    )


def evaluate(request: Request) -> Assessment:
    start, period = request["start"], Period.parse(request["period"])
    observed = [
        Observed(
            period=Period.parse(each["period"]), value=each["value"], basis=Basis(each["basis"])
        )
        for each in request["observations"]
    ]
    series = Series.of(
        observed,
        accumulation=Accumulation(request["accumulation"]),
        start=date.fromisoformat(start) if start else None,
    )
    actual = combine(period=period, own=series.comparable(period), parts=())
    return assess(to_target(request), actual, bands=Bands())


def is_as_expected(found: object, expected: Decimal | str | None) -> bool:
    if expected is None:
        return isinstance(found, Undefined)
    if isinstance(expected, str):
        return found == expected
    return isinstance(found, Decimal) and abs(found - expected) <= max(
        RELATIVE * abs(expected), NOTHING
    )


CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_expected_field_comes_out(case: Case) -> None:
    row = evaluate(case.request)

    wrong = {
        name: (getattr(row, name), expected)
        for name, expected in case.expected.items()
        if not is_as_expected(getattr(row, name), expected)
    }
    assert wrong == {}


def test_the_file_holds_the_published_and_the_derived_cases() -> None:
    names = {case.name.split()[0] for case in CASES}

    assert {"P01", "P21", "D01", "D06", "E01", "E17"} <= names
    assert len(CASES) == 24
    assert all(len(case.expected) == 11 for case in CASES)
