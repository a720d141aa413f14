"""The columns of a table: what their cells hold, and what they mean in both languages."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, JsonValue

from app.formats.tables.table import ColumnKind, columns_of
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
    assert not {"missing_areas", "reasons", "flags", "explain"} & set(names)
    assert [column.name for column in columns_of(GapRow, also=("explain",))] == [*names, "explain"]


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
