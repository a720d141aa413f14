"""What the database keeps: exact figures, one snapshot a read, and nothing changed afterwards."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError, IntegrityError, StatementError
from sqlmodel import Session, SQLModel, col

from app.database import Database
from app.settings import Settings
from app.tables import ApiKey, Observation, Plan
from app.tables.append_only import APPEND_ONLY
from app.tables.base import ExactValue
from tests.conftest import Deployment
from tests.writing import decide, figure, missing, read_tables, submit

CITY_CODE = "shenzhen-software-2025"
KEPT = sa.Table("kept", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("value", ExactValue))


def _exact_values() -> st.SearchStrategy[Decimal]:
    """Whatever may be reported: 15 significant digits, 8 places; then in a unit 10^8 as large."""
    scaled = st.integers(-(10**15) + 1, 10**15 - 1)
    return st.tuples(scaled, st.integers(0, 8), st.sampled_from([0, 4, 8])).map(
        lambda drawn: Decimal(drawn[0]).scaleb(-drawn[1] - drawn[2])
    )


@pytest.fixture
def database(deployment: Deployment) -> Database:
    return deployment.database


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(_exact_values(), min_size=20, max_size=40))
def test_a_figure_comes_back_to_the_last_digit(database: Database, values: list[Decimal]) -> None:
    rows = [{"id": place, "value": value} for place, value in enumerate(values)]
    with database.engine.connect() as connection, connection.begin() as attempt:
        KEPT.create(connection)
        connection.execute(sa.insert(KEPT), rows)
        found = connection.execute(sa.select(KEPT.c.value).order_by(KEPT.c.id)).scalars().all()
        attempt.rollback()
    assert list(found) == values
    # The shortest form: equal figures look equal, whichever database they come from.
    assert [f"{value:f}" for value in found] == [f"{value.normalize() + 0:f}" for value in values]


@pytest.mark.parametrize(
    "value", ["1E-19", "1.0000000000000000001", "1E+20", "-1E+20", "NaN", "Infinity", "1E+30"]
)
def test_a_figure_that_would_be_rounded_is_an_error(database: Database, value: str) -> None:
    engine = database.engine
    bound = sa.select(sa.bindparam("value", Decimal(value), type_=ExactValue))
    with engine.connect() as connection, pytest.raises(StatementError, match="exact"):
        connection.execute(bound)


@pytest.fixture
def filled(deployment: Deployment) -> Database:
    """A database with a row in every table that only grows."""
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    decide(deployment, reviewer, submit(deployment, nanshan, figure()), "approve")
    submit(deployment, nanshan, missing("rd_institutions"))
    return deployment.database


def test_what_was_recorded_cannot_be_changed_or_removed(filled: Database) -> None:
    before = read_tables(filled)
    for name in APPEND_ONLY:
        assert before[name], name
        table = SQLModel.metadata.tables[name]
        tampering: list[Any] = [sa.update(table).values(plan=table.c.plan), sa.delete(table)]
        if filled.is_sqlite:
            # Replacing a row is removing it.
            tampering.append(sa.insert(table).prefix_with("OR REPLACE").values(before[name][0]))
        else:
            tampering.append(sa.text(f"TRUNCATE {name} CASCADE"))
        for statement in tampering:
            with (
                pytest.raises(DatabaseError, match="append-only"),
                filled.engine.begin() as connection,
            ):
                connection.execute(statement)
    assert read_tables(filled) == before


OBSERVATION = {
    "plan": CITY_CODE,
    "indicator": "value_added",
    "area": "futian",
    "period": "2024-Q4",
    "revision": 9,
    "value": 5,
    "missing_reason": None,
    "rounded": False,
    "source": "{}",
}


def _insert(database: Database, **changed: object) -> None:
    """Insert an observation past every check of the program."""
    names = ", ".join(OBSERVATION)
    places = ", ".join(f":{name}" for name in OBSERVATION)
    statement = sa.text(f"INSERT INTO observation ({names}) VALUES ({places})")  # noqa: S608
    with database.engine.begin() as connection:
        connection.execute(statement, OBSERVATION | changed)


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "twelve", "1e400", "", "-", "--1", "1.2.3"])
def test_the_database_itself_refuses_odd_numbers(database: Database, odd: str) -> None:
    with pytest.raises(DatabaseError):
        _insert(database, value=odd)


@pytest.mark.parametrize("odd", ["1.", ".5", "1e3", "+1", " 1", "0x10", "1_000"])
def test_sqlite_itself_refuses_a_number_that_is_not_plain_digits(sqlite_url: str, odd: str) -> None:
    refused = pytest.raises(DatabaseError, match="exact figures only")
    with Database(Settings(database_url=sqlite_url)) as database, refused:
        _insert(database, value=odd)


def test_the_database_itself_keeps_a_number_by_its_digits(database: Database) -> None:
    _insert(database, value="-0.00000000000001")
    with database.engine.connect() as connection:
        query = sa.select(col(Observation.value)).where(sa.column("area") == "futian")
        assert connection.execute(query).scalar_one() == Decimal("-0.00000000000001")


@pytest.mark.parametrize(
    "changed",
    [
        {"value": None},
        {"missing_reason": "withheld"},
        {"area": "atlantis"},
        {"indicator": "value_add"},
        {"plan": "atlantis-2030"},
    ],
)
def test_the_database_itself_refuses_what_contradicts_the_plan(
    database: Database, changed: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError):
        _insert(database, **changed)


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    before = read_tables(database)

    def fail() -> None:
        with database.write_transaction() as session:
            plan = session.get_one(Plan, CITY_CODE)
            plan.revision = 99
            session.add(plan)
            session.flush()
            raise RuntimeError("the machine stumbles")

    with pytest.raises(RuntimeError):
        fail()
    assert read_tables(database) == before


def test_a_read_sees_one_state_however_long_it_takes(database: Database) -> None:
    with database.read_session() as session:
        assert session.connection().execute(sa.text("SELECT count(*) FROM api_key")).scalar() == 0
        with database.write_transaction() as writing:
            writing.add(_key("a"))
        assert session.connection().execute(sa.text("SELECT count(*) FROM api_key")).scalar() == 0
    with database.read_session() as session:
        assert session.connection().execute(sa.text("SELECT count(*) FROM api_key")).scalar() == 1


def test_two_writers_take_turns_and_the_second_sees_the_first(sqlite_url: str) -> None:
    database = Database(Settings(database_url=sqlite_url))
    has_begun, seen = threading.Event(), list[int]()

    def write_second() -> None:
        has_begun.set()
        with database.write_transaction() as session:
            seen.append(_count_keys(session))

    with database.write_transaction() as session:
        session.add(_key("a"))
        session.flush()
        second = threading.Thread(target=write_second)
        second.start()
        assert has_begun.wait(5)
    second.join(10)
    assert seen == [1]
    database.dispose()


@pytest.mark.usefixtures("durable")
def test_sqlite_is_durable_and_checks_references(sqlite_url: str) -> None:
    database = Database(Settings(database_url=sqlite_url))
    with database.engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    database.dispose()
    assert found == ["wal", 2, 1, 1]


def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "dabiao.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    with database.engine.connect():
        assert path.exists()
    database.dispose()


def _key(key_id: str) -> ApiKey:
    made = datetime(2026, 3, 2, tzinfo=UTC)
    return ApiKey(
        id=key_id, secret_digest=key_id, owner="o", role="reader", areas="", created_at=made
    )


def _count_keys(session: Session) -> int:
    found: int = session.connection().execute(sa.text("SELECT count(*) FROM api_key")).scalar_one()
    return found
