"""The benchmark's large plans are what the ledger would have written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database import Database
from app.migration import migrate
from app.schemas.document.plan import PlanDocument
from app.services.calendar.completeness import ReportingFilter, get_completeness
from app.services.ledger.snapshots import take_snapshot
from app.services.ledger.verification import verify_plan
from app.services.plans.loading import load_plan
from app.services.state.plan import load_plan_at
from app.services.state.texts import StoredColumn
from app.settings import Settings
from bench.filling import add_figures
from bench.plans import Size, make_document
from tests.conftest import NOW
from tests.writing import empty_database

SIZE = Size(plans=2, areas=3, indicators=4, quarters=8)


@pytest.fixture(params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Two plans with their figures, on each kind of database."""
    with empty_database(request, tmp_path) as database:
        migrate(database)
        for code in SIZE.plan_codes:
            document = PlanDocument.model_validate(make_document(code, SIZE))
            with database.write_transaction() as session:
                load_plan(session, document, now=NOW)
        add_figures(database, SIZE)
        yield database


def test_a_large_plan_has_a_figure_for_each_indicator_area_and_quarter(filled: Database) -> None:
    query = sa.text(
        "SELECT plan, count(*), min(period), max(period) FROM observation GROUP BY plan"
    )
    with filled.engine.connect() as connection:
        found = sorted(tuple(row) for row in connection.execute(query))

    assert found == [
        ("large-0", 96, "2024-Q1", "2025-Q4"),
        ("large-1", 96, "2024-Q1", "2025-Q4"),
    ]


def test_every_table_of_a_large_plan_holds_against_its_ledger(
    filled: Database, tmp_path: Path
) -> None:
    with (
        Database(Settings(database_url=f"sqlite:///{tmp_path}/blank.db")) as blank,
        filled.read_session() as session,
    ):
        migrate(blank)
        assert verify_plan(session, "large-1", blank) == []


def test_the_completeness_of_a_large_plan_is_counted_without_its_figures(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(StoredColumn, "_make", lambda _, place: made.append(place))
    with filled.read_session() as session:
        known = load_plan_at(session, take_snapshot(session, "large-0", now=NOW))
        found = get_completeness(session, known, ReportingFilter())

    assert (found.total.expected, found.total.reported, found.outstanding) == (96, 96, [])
    assert [(each.code, each.expected) for each in found.by_area] == [
        ("a0000", 32),
        ("a0001", 32),
        ("a0002", 32),
    ]
    assert [(each.code, each.reported) for each in found.by_period][-1] == ("2025-Q4", 12)
    assert made == []
