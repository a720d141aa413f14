"""The pages on measures are complete, in both languages: every field, reason, flag and anchor."""

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accumulation import Accumulation, ActualBasis, Basis, MissingReason
from app.domain.coverage import Part, combine
from app.domain.gap import assess
from app.domain.path import Comparator
from app.domain.quantity import Flag, Reason, Undefined
from app.domain.rating import Bands, Rating, RatingBasis
from app.domain.series import Comparable
from app.domain.target import Target
from app.domain.time.period import Period
from app.domain.time.spells import Dated
from app.schemas.gaps.detail import ContributionView, GapDetail
from app.schemas.gaps.row import GapRow, Measures
from app.schemas.reconciliation import ReconciliationRow
from app.words.book import label_column
from tests.domain.test_gap_any_input import histories, parts, periods, targets, values

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = ROOT / "docs" / "measures.md", ROOT / "docs" / "measures.zh.md"
CODE = re.compile(r"`([a-z_]+)`")
ANCHOR = re.compile(r'<a id="([\w-]+)"></a>')
LOCAL_LINK = re.compile(r"\]\(#([\w-]+)\)")
# A row of a table whose first cell is one field: its name, then what people call it.
FIELD = re.compile(
    r'^\| (?:<a id="[\w-]+"></a>)?`([a-z_]+)` \| ([^|]+) \| ([^|]+) \|', re.MULTILINE
)
# What belongs to a row's place and context, and is no measure.
NOT_MEASURES = {*GapRow.model_fields} - {*Measures.model_fields}
NULL_WHEN = re.compile(r'^\| (?:<a id="[\w-]+"></a>)?`([a-z_]+)` \|.*\| ([^|]+) \|$', re.MULTILINE)


def _documented(page: Path) -> dict[str, set[str]]:
    """The reasons in the last column of a field's row; another field there lends its own."""
    cells = {f: set(CODE.findall(cell)) for f, cell in NULL_WHEN.findall(page.read_text("utf-8"))}
    found: dict[str, set[str]] = {}
    for field in cells:
        known, waiting = set[str](), [field]
        while waiting:
            codes = cells[waiting.pop()] - known
            known |= codes
            waiting += codes & cells.keys()
        found[field] = known
    return found


DOCUMENTED = _documented(ENGLISH)

pages = pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=lambda page: page.name)


@pages
def test_every_measure_is_defined(page: Path) -> None:
    models = (Measures, GapDetail, ContributionView)
    shown = {name for model in models for name in model.model_fields}
    compared = {
        name
        for name, field in ReconciliationRow.model_fields.items()
        if "Decimal" in str(field.annotation)
    }
    assert (shown | compared) - NOT_MEASURES <= _codes(page)


@pages
def test_every_code_of_an_answer_is_explained(page: Path) -> None:
    kinds = (Accumulation, ActualBasis, Basis, Comparator, MissingReason, Rating, RatingBasis)
    assert {code.value for kind in kinds for code in kind} <= _codes(page)


@pages
def test_every_reason_and_flag_is_in_its_table_and_nothing_else_is(page: Path) -> None:
    assert _listed(page, "reasons") == {reason.value for reason in Reason}
    assert _listed(page, "flags") == {flag.value for flag in Flag}


@pages
def test_links_within_the_page_lead_to_anchors(page: Path) -> None:
    text = page.read_text("utf-8")
    anchors = ANCHOR.findall(text)
    assert len(anchors) == len(set(anchors))
    assert set(LOCAL_LINK.findall(text)) <= set(anchors)


def test_what_the_code_cites_is_there() -> None:
    cited = {
        anchor
        for module in (ROOT / "app").rglob("*.py")
        for anchor in re.findall(r"docs/measures\.md#([\w-]+)", module.read_text("utf-8"))
    }
    assert cited
    assert cited <= set(ANCHOR.findall(ENGLISH.read_text("utf-8")))


def test_both_languages_have_the_same_anchors_and_codes() -> None:
    english, chinese = ENGLISH.read_text("utf-8"), CHINESE.read_text("utf-8")
    assert ANCHOR.findall(chinese) == ANCHOR.findall(english)
    assert _codes(CHINESE) == _codes(ENGLISH)
    assert _documented(CHINESE) == _documented(ENGLISH)


def test_a_field_has_one_name_a_language_that_of_the_tables() -> None:
    english = {field: (en, zh) for field, en, zh in FIELD.findall(ENGLISH.read_text("utf-8"))}
    chinese = {field: (en, zh) for field, zh, en in FIELD.findall(CHINESE.read_text("utf-8"))}
    for field in Measures.model_fields:
        assert english[field] == chinese[field], field
        names = (label_column(field, "en"), label_column(field, "zh"))
        assert english[field] == names, field


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    target=targets, period=periods, own=values, parts=parts, history=histories, is_net=st.booleans()
)
def test_a_null_has_a_reason_that_its_field_is_documented_with(
    target: Target,
    period: Period,
    own: Comparable,
    parts: tuple[Part, ...],
    history: tuple[Dated[Decimal], ...],
    *,
    is_net: bool,
) -> None:
    actual = combine(period=period, own=own, parts=parts)
    row = assess(target, actual, history=history, bands=Bands(), is_net=is_net)
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Undefined) and value != actual.value:
            assert value.reason.value in DOCUMENTED[field.name], field.name


def _codes(page: Path) -> set[str]:
    return set(CODE.findall(page.read_text("utf-8")))


def _section(page: Path, anchor: str) -> str:
    """From an anchor to the next heading of the same kind."""
    text = page.read_text("utf-8").split(f'<a id="{anchor}"></a>\n## ', 1)[1]
    return text.split("\n## ", 1)[0]


def _listed(page: Path, anchor: str) -> set[str]:
    """The codes in the first cells of a section's table."""
    cells = re.findall(r"^\| (`[^|]+) \|", _section(page, anchor), re.MULTILINE)
    return {code for cell in cells for code in CODE.findall(cell)}
