"""What BI tools read from the database itself: three views, plain, never out of date."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from app.database import Database
from app.formats.tables.table import columns_of
from app.schemas.base import Rows
from app.schemas.gaps.row import GapRow
from app.services.access.keys import Principal, Role
from app.services.gaps import latest
from app.services.gaps.latest import find_latest, make_latest, update_latest, verify_latest
from app.services.gaps.table import GapFilter, list_gaps
from app.services.ledger.entries import Action
from app.services.ledger.snapshots import take_snapshot
from app.services.reports.decisions import Ruling, decide_report
from app.services.state.plan import KnownPlan, load_plan_at
from app.tables import StoredGap
from app.vocabulary import View
from tests.api.reads import CITY, NATION, approve, get_items, submit
from tests.conftest import NOW, Deployment
from tests.serving import PATIENT, serve_on

Row = dict[str, Any]
PLAN = "shenzhen-software-2025"
KEY_FIRMS = "national_key_software_enterprises"
# Beside the columns of a file.
OWN = {"period_start", "period_end", "area_level", "as_of_day"}
LEVEL: Row = {
    "unit": "家",
    "basis": "level",
    "indicator": KEY_FIRMS,
    "explanations": {KEY_FIRMS: "counted by head office"},
}
REVIEWER = Principal(
    key_id="k",
    owner="city",
    role=Role.REVIEWER,
    areas=frozenset(),
    responsible_unit=None,
    plan=None,
)


@pytest.fixture
def deployment(deploy: Callable[..., Deployment], database_url: str) -> Deployment:
    """Its writes wait for their rows, however busy the machine is."""
    return deploy(database_url, busy_timeout_seconds=60)


def _select(view: str, **where: str) -> sa.Select[Any]:
    conditions = [sa.column(name) == value for name, value in where.items()]
    return sa.select(sa.text("*")).select_from(sa.table(view)).where(*conditions)


def _ask(database: Database, view: str, **where: str) -> list[Row]:
    with database.engine.connect() as connection:
        return [dict(row) for row in connection.execute(_select(view, **where)).mappings()]


def _gap(deployment: Deployment, indicator: str = KEY_FIRMS, area: str = "nanshan") -> Row:
    (row,) = _ask(deployment.database, "v_gap_latest", plan=PLAN, indicator=indicator, area=area)
    return row


def _load(session: Session, deployment: Deployment, **asked: Any) -> KnownPlan:
    given = {"now": deployment.clock.now, **asked}
    return load_plan_at(session, take_snapshot(session, PLAN, **given))


def _require_same_as_the_api(deployment: Deployment, plan: str) -> None:
    told = get_items(deployment, f"{plan}/gaps", limit=1000)
    stored = _ask(deployment.database, "v_gap_latest", plan=plan.rpartition("/")[2])
    by_place = {(row["indicator"], row["area"]): row for row in stored}
    assert len(told) == len(stored) > 0
    for row in told:
        seen = by_place[row["indicator"], row["area"]]
        for name in {*row} & {*seen} - {"provisional"}:
            now = seen[name]
            now = str(now) if isinstance(now, date) else now
            now = float(now) if isinstance(now, Decimal) else now
            told_as = "; ".join(row[name]) if isinstance(row[name], list) else row[name]
            assert now == told_as, (row["indicator"], row["area"], name)
        assert not seen["provisional"]


def test_the_view_has_every_column_of_the_gap_table(deployment: Deployment) -> None:
    """A new measure needs a migration that makes the view again, with its column."""
    seen = {
        each["name"] for each in sa.inspect(deployment.database.engine).get_columns("v_gap_latest")
    }
    assert seen == {column.name for column in columns_of(GapRow)} | OWN


@pytest.mark.parametrize("plan", [CITY, NATION])
def test_the_rows_are_those_of_the_api(deployment: Deployment, plan: str) -> None:
    _require_same_as_the_api(deployment, plan)


def test_what_an_answer_said_is_there_when_it_has_been_answered(deployment: Deployment) -> None:
    sent = submit(deployment, "nanshan", 13, **LEVEL)
    # It waits for a decision, and nobody sees it.
    assert _gap(deployment)["actual"] is None
    approve(deployment, sent)
    row = _gap(deployment)
    assert (row["actual"], str(row["actual"]), row["period"]) == (13, "13", "2024-Q4")
    assert [str(row[name]) for name in ("period_start", "period_end")] == [
        "2024-10-01",
        "2024-12-31",
    ]
    assert row["area_name_zh"] == "南山区"
    assert row["area_name_en"] == "Nanshan District"
    assert row["area_level"] == "district"
    _set_target(deployment, 26)
    row = _gap(deployment)
    assert (row["target"], row["gap"], row["attainment_percent"]) == (26, 13, 50)
    _require_same_as_the_api(deployment, CITY)


def test_numbers_are_plain(deployment: Deployment) -> None:
    approve(deployment, submit(deployment, "nanshan", 13, **LEVEL))
    approve(deployment, submit(deployment, "futian", 812.4, period="2024-Q3"))
    found = _ask(deployment.database, "v_observation", plan=PLAN)
    assert {(row["area"], str(row["value"]), row["unit"]) for row in found} == {
        ("nanshan", "13", "家"),
        ("futian", "812.4", "亿元"),
    }
    (row,) = (each for each in found if each["area"] == "futian")
    days = [str(row[name]) for name in ("period_start", "period_end")]
    assert days == ["2024-07-01", "2024-09-30"]
    assert row["publisher"] == "futian"
    assert row["indicator_name_zh"] == "软件与信息服务产业集群增加值"
    assert str(row["recorded_at"]).startswith("2026-03-02 01:00:00")
    (target,) = _ask(deployment.database, "v_target", plan=PLAN, indicator="value_added")
    numbers = [str(target[name]) for name in ("value", "baseline", "deadline_day")]
    assert numbers == ["4200", "2300", "2025-12-31"]


def _set_target(deployment: Deployment, value: int) -> None:
    given = {"indicator": KEY_FIRMS, "area": "nanshan", "value": value, "reason": "agreed"}
    headers = deployment.key("administrator")
    sent = deployment.client.post(f"{CITY}/targets", json=given, headers=headers)
    assert sent.status_code == 201, sent.text


def test_of_a_corrected_figure_and_a_revised_target_the_newest_is_shown(
    deployment: Deployment,
) -> None:
    approve(deployment, submit(deployment, "nanshan", 13, **LEVEL))
    corrected: Row = {**LEVEL, "correction_reason": "one moved away"}
    approve(deployment, submit(deployment, "nanshan", 12, **corrected))
    (row,) = _ask(deployment.database, "v_observation", plan=PLAN)
    assert row["value"] == 12
    for value in (20, 30):
        _set_target(deployment, value)
    found = _ask(deployment.database, "v_target", indicator=KEY_FIRMS, area="nanshan")
    assert [row["value"] for row in found] == [30]
    assert _gap(deployment)["target"] == 30


def test_while_rows_are_out_of_date_the_view_has_none(deployment: Deployment) -> None:
    database, now = deployment.database, deployment.clock.now
    sent = submit(deployment, "nanshan", 13, **LEVEL)
    assert _ask(database, "v_gap_latest", plan=PLAN)
    ruling = Ruling(report=sent.rpartition("/")[2], action=Action.APPROVE)
    # A write whose process ended before it had stored the rows.
    with database.write_transaction() as session:
        decide_report(session, REVIEWER, plan_code=PLAN, ruling=ruling, now=now)
    assert _ask(database, "v_gap_latest", plan=PLAN) == []
    assert _ask(database, "v_gap_latest")
    with database.write_transaction() as session:
        update_latest(session, PLAN, now=now)
    assert _gap(deployment)["actual"] == 13
    _require_same_as_the_api(deployment, CITY)


def test_a_new_day_brings_new_rows(deployment: Deployment) -> None:
    assert str(_gap(deployment)["as_of_day"]) == "2026-03-02"
    deployment.clock.now += timedelta(days=1)
    latest = deployment.client.app.state.latest  # type: ignore[attr-defined]
    latest.update_all()
    latest.begin(PLAN).result(30)
    assert str(_gap(deployment)["as_of_day"]) == "2026-03-03"
    _require_same_as_the_api(deployment, CITY)


def test_what_is_worked_out_while_the_server_stops_is_left(api: Deployment) -> None:
    tomorrow = api.clock.now + timedelta(days=1)
    with api.database.read_session() as session:
        made = make_latest(session, PLAN, now=tomorrow)
        assert made is not None
        assert len(made.cells) > 1
        assert make_latest(session, PLAN, now=tomorrow, goes_on=lambda: False) is None


@pytest.mark.parametrize(
    "wanted", [GapFilter(), GapFilter(areas=["nanshan", "bao-an"], indicators=["value_added"])]
)
def test_stored_rows_are_what_the_api_would_answer_without_them(
    deployment: Deployment, wanted: GapFilter
) -> None:
    approve(deployment, submit(deployment, "nanshan", 13, **LEVEL))
    with deployment.database.read_session() as session:
        known = _load(session, deployment)
        stored = list_gaps(known, wanted, stored=find_latest(session, known))
        made = list_gaps(known, wanted)
        assert isinstance(stored, Rows)
        assert isinstance(made, Rows)
        assert made.written() is None
        assert list(stored[1:5].written() or ()) == [row.model_dump_json() for row in made[1:5]]
        # What is asked for otherwise is calculated.
        other = replace(wanted, carry_forward=2)
        assert isinstance(rows := list_gaps(known, other, stored=find_latest(session, known)), Rows)
        assert rows.written() is None


def test_stored_rows_are_read_for_their_own_state_alone(deployment: Deployment) -> None:
    database = deployment.database
    sent = submit(deployment, "nanshan", 13, **LEVEL)
    with database.read_session() as session:
        assert find_latest(session, _load(session, deployment)) is not None
        # With submitted figures, and on another day.
        for other in ({"view": View.PROVISIONAL}, {"now": NOW + timedelta(days=1)}):
            assert find_latest(session, _load(session, deployment, **other)) is None
    ruling = Ruling(report=sent.rpartition("/")[2], action=Action.APPROVE)
    with database.write_transaction() as session:
        decide_report(session, REVIEWER, plan_code=PLAN, ruling=ruling, now=NOW)
    with database.read_session() as session:
        assert find_latest(session, _load(session, deployment)) is None
    (row,) = get_items(deployment, f"{CITY}/gaps", indicator=KEY_FIRMS, area="nanshan")
    assert row["actual"] == 13
    with database.write_transaction() as session:
        update_latest(session, PLAN, now=NOW)
    with database.read_session() as session:
        assert find_latest(session, _load(session, deployment)) is not None
        assert find_latest(session, _load(session, deployment, as_of="1")) is None


def test_rows_of_other_code_are_not_read_and_made_again(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployment.database.read_session() as session:
        assert make_latest(session, PLAN, now=NOW) is None
        monkeypatch.setattr(latest, "_digest_makers", lambda: "another version")
        assert find_latest(session, _load(session, deployment)) is None
        made = make_latest(session, PLAN, now=NOW)
        assert made is not None
        assert (made.since, len(made.indicators)) == (None, 7)


def test_rows_that_somebody_changed_are_found(deployment: Deployment) -> None:
    with deployment.database.read_session() as session:
        assert list(verify_latest(session, PLAN)) == []
    of_city = sa.and_(
        col(StoredGap.plan) == PLAN,
        col(StoredGap.indicator) == "value_added",
        col(StoredGap.area) == "shenzhen",
    )
    raised = sa.func.replace(col(StoredGap.cells), "4200", "4300")
    with deployment.database.engine.begin() as connection:
        connection.execute(sa.update(StoredGap).where(of_city).values(cells=raised))
        connection.execute(sa.delete(StoredGap).where(col(StoredGap.area) == "luohu"))
    with deployment.database.read_session() as session:
        found = [(each.kind, dict(each.facts)) for each in verify_latest(session, PLAN)]
    assert ("row_missing", {"row": "value_added, luohu"}) in found
    changed = [facts for kind, facts in found if kind == "value_differs"]
    target = {"row": "value_added, shenzhen", "column": "target", "now": 4300, "was": 4200}
    assert target in changed


@pytest.mark.parametrize("view", ["v_gap_latest", "v_observation", "v_target"])
def test_a_view_is_read_and_never_written(deployment: Deployment, view: str) -> None:
    table = sa.table(view, sa.column("unit"))
    for change in (sa.delete(table), sa.update(table).values(unit="x")):
        with pytest.raises(DatabaseError), deployment.database.engine.begin() as connection:
            connection.execute(change)


@contextmanager
def _role_for_views(url: sa.URL) -> Iterator[sa.Engine]:
    """A role of PostgreSQL that may read the views of a database, as docs/bi.md makes it."""
    name, owner = f"bi_{uuid4().hex}", sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN PASSWORD 'read-only'"))
        granted = "v_gap_latest, v_observation, v_target"
        connection.execute(sa.text(f"GRANT SELECT ON {granted} TO {name}"))
    engine = sa.create_engine(url.set(username=name, password="read-only"))
    yield engine
    engine.dispose()
    with owner.connect() as connection:
        connection.execute(sa.text(f"DROP OWNED BY {name}"))
        connection.execute(sa.text(f"DROP ROLE {name}"))
    owner.dispose()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_role_that_may_read_the_views_reads_nothing_else(
    deployment: Deployment, database_url: str
) -> None:
    approve(deployment, submit(deployment, "nanshan", 13, **LEVEL))
    with _role_for_views(sa.make_url(database_url)) as reader:
        query = "SELECT actual, area_name_zh, period_end FROM v_gap_latest WHERE actual = 13"
        with reader.connect() as connection:
            found = [tuple(row) for row in connection.execute(sa.text(query))]
            assert (Decimal(13), "南山区", date(2024, 12, 31)) in found
            for view in ("v_observation", "v_target"):
                assert connection.execute(_select(view)).all()
        for table in ("observation", "api_key", "report", "stored_gap"):
            with pytest.raises(DatabaseError, match="permission denied"), reader.connect() as other:
                other.execute(_select(table))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_plain_sqlite_reads_the_views(deployment: Deployment) -> None:
    approve(deployment, submit(deployment, "nanshan", 13, **LEVEL))
    file = sa.make_url(deployment.database.url).database
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        query = "SELECT actual, typeof(actual), period_end FROM v_gap_latest WHERE actual = 13"
        assert (13, "integer", "2024-12-31") in connection.execute(query).fetchall()
        query = "SELECT value, typeof(value) FROM v_observation WHERE area = 'nanshan'"
        assert connection.execute(query).fetchall() == [(13, "integer")]


def test_any_of_many_processes_keeps_the_rows(database_url: str) -> None:
    with serve_on(database_url, Role.ADMINISTRATOR, workers=2, environment=PATIENT) as served:
        seen = []
        for value in range(20, 28):
            given = {"indicator": KEY_FIRMS, "area": "nanshan", "value": value, "reason": "agreed"}
            with served.client() as client:
                assert client.post(f"{CITY}/targets", json=given).status_code == 201
            place = {"plan": PLAN, "indicator": KEY_FIRMS, "area": "nanshan"}
            rows = _ask(served.database, "v_gap_latest", **place)
            # Rows that take long are not waited for; but they are never those of before.
            assert [row["target"] for row in rows] in ([value], [])
            seen += rows
        assert seen
