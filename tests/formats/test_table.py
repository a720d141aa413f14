"""The columns of a table: what their cells hold, and what they mean in both languages."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, JsonValue

from app.formats.tables.beside import with_beside
from app.formats.tables.table import ColumnKind, columns_of, to_text
from app.schemas.calendar import OutstandingFigure, PeriodRow
from app.schemas.document.actions import ResponsibleUnitEntry
from app.schemas.document.plan import AreaEntry
from app.schemas.gaps.row import GapRow
from app.schemas.ledger import LedgerRow
from app.schemas.observations import ObservationRow
from app.schemas.plans import IndicatorView, PlanSummary
from app.schemas.progress import ActionView, GoalView
from app.schemas.publications import PublicationView
from app.schemas.reports.views import ReportView
from app.schemas.targets.targets import TargetRow
from app.vocabulary import Instant, Number
from tests.formats.tables import read_plan

MODELS = [
    ActionView,
    AreaEntry,
    GapRow,
    GoalView,
    IndicatorView,
    LedgerRow,
    ObservationRow,
    OutstandingFigure,
    PeriodRow,
    PlanSummary,
    PublicationView,
    ReportView,
    ResponsibleUnitEntry,
    TargetRow,
]


class _Word(StrEnum):
    A = "a"


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (str, ColumnKind.TEXT),
        (str | None, ColumnKind.TEXT),
        (_Word | None, ColumnKind.TEXT),
        (Literal["a", "b"] | None, ColumnKind.TEXT),
        (Annotated[str, Field(max_length=3)], ColumnKind.TEXT),
        (list[str], ColumnKind.TEXTS),
        (list[Annotated[str, Field(max_length=3)]] | None, ColumnKind.TEXTS),
        (Decimal, ColumnKind.NUMBER),
        (Number | None, ColumnKind.NUMBER),
        (int, ColumnKind.COUNT),
        (bool | None, ColumnKind.TRUTH),
        (date | None, ColumnKind.DAY),
        (datetime, ColumnKind.INSTANT),
        (Instant | None, ColumnKind.INSTANT),
        (dict[str, JsonValue] | None, ColumnKind.PARTS),
        (list[dict[str, int]], ColumnKind.PARTS),
        (list[int], ColumnKind.PARTS),
        (Number | str | None, ColumnKind.PARTS),
        (GapRow, ColumnKind.PARTS),
        (GapRow | None, ColumnKind.PARTS),
    ],
)
def test_an_annotation_says_what_the_cells_hold(annotation: type, kind: ColumnKind) -> None:
    class Made(BaseModel):
        made: annotation  # type: ignore[valid-type]

    (column,) = columns_of(Made)
    assert column.kind is kind


@pytest.mark.parametrize("model", MODELS)
def test_every_column_is_named_in_chinese_and_defined(model: type[BaseModel]) -> None:
    for column in columns_of(model):
        assert column.definition.endswith((".", "...")), column.name
        assert re.search("[\u4e00-\u9fff]", column.name_zh), column.name


def test_what_qualifies_a_row_is_a_column_only_on_demand() -> None:
    names = [column.name for column in columns_of(GapRow)]
    assert {"missing_areas", "flags"} < set(names)
    assert not {"reasons", "explain"} & set(names)
    assert [column.name for column in columns_of(GapRow, also=("explain",))] == [*names, "explain"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["a", "b; c"], "a; b; c"),
        ({"on_track": 3, "missed": 0}, "on_track: 3; missed: 0"),
        ({"a": None, "b": {"c": "x", "d": ["y", "z"]}, "e": True}, "b.c: x; b.d: y, z; e: true"),
        ([{"area": "nanshan", "n": 1}, {"area": "futian"}], "area: nanshan; n: 1 | area: futian"),
        ({"figures": [{"a": 1, "b": 2}, {"a": 3}]}, "figures: a: 1, b: 2 | a: 3"),
        ([], ""),
        (Decimal("2.50"), "2.5"),
    ],
)
def test_a_cell_reads_as_a_line_without_brackets(value: object, text: str) -> None:
    assert to_text(value) == text


def test_names_and_days_are_beside_their_codes() -> None:
    columns = with_beside(columns_of(OutstandingFigure), read_plan())
    names = [column.name for column in columns]
    assert names[:9] == [
        *("area", "area_name_zh", "area_name_en"),
        *("indicator", "indicator_name_zh", "indicator_name_en"),
        *("period", "period_start", "period_end"),
    ]
    row = OutstandingFigure(
        area="nanshan",
        indicator="none",
        period="2024-Q3",
        due_on=date(2024, 10, 31),
        overdue=False,
        missing_reason=None,
    )
    cells = {column.name: column.cell(row) for column in columns[:9]}
    assert (cells["area_name_zh"], cells["area_name_en"]) == ("南山区", "Nanshan District")
    assert cells["indicator_name_en"] is None
    assert (cells["period_start"], cells["period_end"]) == (date(2024, 7, 1), date(2024, 9, 30))
    for column in columns[1:3]:
        assert column.definition.endswith(".")
        assert column.definition_zh.endswith("。")
    assert not {"area_name_zh"} & {c.name for c in with_beside(columns, None)[9:]}


def test_names_that_a_row_has_come_once() -> None:
    names = [column.name for column in with_beside(columns_of(GapRow), read_plan())]
    assert len(names) == len(set(names))
    assert names.index("period_end") == names.index("period") + 2


def test_percents_and_points_are_told_apart_from_other_numbers() -> None:
    percents = [column.name for column in columns_of(GapRow) if column.is_percent]
    assert percents == [
        "gap_percent",
        "attainment_percent",
        "progress_percent",
        "elapsed_percent",
        "schedule_variance",
        "path_progress_percent",
        "yoy_percent",
        "published_growth_percent",
        "two_year_average_growth_percent",
        "share_percent",
        "share_change",
    ]
