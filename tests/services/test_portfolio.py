"""The portfolio of a deployment whose plans were loaded at different times."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from app.database import Database
from app.errors.failure import AsOfInvalid
from app.formats.plans.plan_file import read_plan_file
from app.migration import migrate
from app.services.plans.loading import load_plan
from app.services.plans.portfolio import list_plan_summaries
from app.settings import Settings
from tests.conftest import NOW, ROOT

CITY, NATION = "shenzhen-software-2025", "china-software-2025"
LATER = NOW + timedelta(days=100)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The city's plan, and a hundred days later the nation's."""
    path = tmp_path_factory.mktemp("portfolio") / "dabiao.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    migrate(database)
    for code, now in ((CITY, NOW), (NATION, LATER)):
        document = read_plan_file(ROOT / "seeds" / "plans" / f"{code}.yaml")
        with database.write_transaction() as session:
            load_plan(session, document, now=now)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.read_session() as session:
        yield session


def _plans(session: Session, as_of: datetime | None, only: str | None = None) -> list[str]:
    written = None if as_of is None else as_of.astimezone(UTC).isoformat()
    found = list_plan_summaries(session, as_of=written, only=only, now=LATER)
    return [summary.plan for summary in found]


def test_every_plan_is_there_now(session: Session) -> None:
    assert _plans(session, None) == [NATION, CITY]


def test_a_plan_that_came_later_is_not_there_before(session: Session) -> None:
    assert _plans(session, LATER - timedelta(seconds=1)) == [CITY]
    assert _plans(session, LATER) == [NATION, CITY]


def test_before_the_first_plan_there_is_no_portfolio(session: Session) -> None:
    with pytest.raises(AsOfInvalid) as invalid:
        _plans(session, NOW - timedelta(seconds=1))
    assert invalid.value.facts["why"] == "before_plan"


def test_the_future_is_not_known(session: Session) -> None:
    with pytest.raises(AsOfInvalid) as invalid:
        _plans(session, LATER + timedelta(seconds=1))
    assert invalid.value.facts["why"] == "future"


def test_a_key_for_one_plan_sees_that_one_alone(session: Session) -> None:
    assert _plans(session, None, only=CITY) == [CITY]
    with pytest.raises(AsOfInvalid):
        _plans(session, NOW, only=NATION)
