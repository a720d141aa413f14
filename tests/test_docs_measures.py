"""The pages on measures are complete, in both languages: every field, reason, flag and anchor."""

import re
from pathlib import Path

import pytest

from app.domain.accumulation import Accumulation, Basis, MissingReason
from app.domain.quantity import Reason
from app.domain.rating import Flag, Rating, RatingBasis
from app.domain.series import ActualBasis
from app.domain.target import Comparator
from app.schemas.gaps.detail import ContributionView, GapDetail
from app.schemas.gaps.row import GapRow, Measures
from app.schemas.reconciliation import ReconciliationRow
from app.words.book import label_column

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


def test_both_languages_have_the_same_anchors_and_codes() -> None:
    english, chinese = ENGLISH.read_text("utf-8"), CHINESE.read_text("utf-8")
    assert ANCHOR.findall(chinese) == ANCHOR.findall(english)
    assert _codes(CHINESE) == _codes(ENGLISH)


def test_a_field_has_one_name_a_language_that_of_the_tables() -> None:
    english = {field: (en, zh) for field, en, zh in FIELD.findall(ENGLISH.read_text("utf-8"))}
    chinese = {field: (en, zh) for field, zh, en in FIELD.findall(CHINESE.read_text("utf-8"))}
    for field in Measures.model_fields:
        assert english[field] == chinese[field], field
        names = (label_column(field, "en"), label_column(field, "zh"))
        assert english[field] == names, field


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
