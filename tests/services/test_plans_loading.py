"""Loading a plan: once, as ledger entries, in one unit, with its published figures as official."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlmodel import col, select

from app.database import Database
from app.domain.time.period import Period
from app.formats.plans.plan_file import read_plan_file
from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import list_plans, load_plan
from app.settings import Settings
from app.tables import LedgerEntry, Observation, Target
from tests.conftest import NOW, ROOT, Deployment
from tests.writing import NATION, read_tables

CITY_CODE, NATION_CODE = "shenzhen-software-2025", "china-software-2025"


@pytest.fixture(scope="module")
def city() -> PlanDocument:
    return read_plan_file(ROOT / "seeds" / "plans" / f"{CITY_CODE}.yaml")


@pytest.fixture(scope="module")
def nation() -> PlanDocument:
    return read_plan_file(ROOT / "seeds" / "plans" / f"{NATION_CODE}.yaml")


def _renamed(document: PlanDocument, code: str) -> PlanDocument:
    return document.model_copy(update={"plan": document.plan.model_copy(update={"code": code})})


def _load(database: Database, document: PlanDocument) -> bool:
    with database.write_transaction() as session:
        return load_plan(session, document, now=NOW)


def test_loading_again_appends_nothing(
    deployment: Deployment, city: PlanDocument, nation: PlanDocument
) -> None:
    before = read_tables(deployment.database)
    assert [_load(deployment.database, each) for each in (city, nation)] == [False, False]
    assert read_tables(deployment.database) == before


def test_a_plan_that_is_there_is_left_as_it_is_whatever_the_file_says(
    deployment: Deployment, city: PlanDocument
) -> None:
    before = read_tables(deployment.database)
    changed = city.model_copy(update={"targets": [], "indicators": city.indicators[:2]})
    assert _load(deployment.database, changed) is False
    assert read_tables(deployment.database) == before


def test_another_plan_is_loaded_beside_the_others(
    deployment: Deployment, nation: PlanDocument
) -> None:
    assert _load(deployment.database, _renamed(nation, "china-again")) is True
    with deployment.database.read_session() as session:
        codes = [plan.code for plan in list_plans(session)]
    assert codes == ["china-again", NATION_CODE, CITY_CODE]
    found = deployment.client.get("/api/v1/plans/china-again/overview")
    assert found.status_code == 200


def test_of_processes_that_load_at_once_one_loads(database_url: str, nation: PlanDocument) -> None:
    document, start = _renamed(nation, "china-again"), threading.Barrier(3)

    def load(_: int) -> bool:
        database = Database(Settings(database_url=database_url))
        start.wait(10)
        try:
            return _load(database, document)
        finally:
            database.dispose()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(load, range(3))) == [False, False, True]
    database = Database(Settings(database_url=database_url))
    with database.read_session() as session:
        query = select(LedgerEntry.revision).where(LedgerEntry.plan == "china-again")
        revisions = sorted(session.exec(query).all())
    database.dispose()
    assert revisions == list(range(1, len(revisions) + 1))


def test_published_figures_are_entries_of_their_own_by_period_ascending(
    deployment: Deployment, nation: PlanDocument
) -> None:
    with deployment.database.read_session() as session:
        query = select(LedgerEntry).where(LedgerEntry.plan == NATION_CODE)
        entries = session.exec(query.order_by(col(LedgerEntry.revision))).all()
        stored = session.exec(select(Observation).where(Observation.plan == NATION_CODE)).all()
    assert [entry.action for entry in entries] == ["define", *["observe"] * (len(entries) - 1)]
    periods = [Period.parse(entry.subject).index for entry in entries[1:]]
    assert all(one < other for one, other in pairwise(periods))
    assert {entry.actor for entry in entries} == {nation.plan.publisher_en}
    assert len(stored) == len(nation.observations)
    assert all(each.report_id is None for each in stored)


def test_a_published_figure_keeps_its_source_and_growth_and_is_official(
    deployment: Deployment,
) -> None:
    query = {"indicator": "software_business_revenue", "area": "china", "period": "2020-Q3"}
    row = deployment.client.get(f"{NATION}/observations", params=query).json()["items"][0]
    assert (row["value"], row["published_growth_percent"], row["provisional"]) == (
        58387,
        11.3,
        False,
    )
    assert row["source"]["publisher"] == "工业和信息化部运行监测协调局"


def test_targets_are_stored_in_the_unit_of_their_indicator(deployment: Deployment) -> None:
    with deployment.database.read_session() as session:
        query = select(Target).where(Target.plan == CITY_CODE)
        found = {each.indicator: each for each in session.exec(query).all()}
    assert len(found) == 7
    # 20 万人, and 4200 亿元 from 2300.
    assert found["new_software_workers"].value == Decimal(200000)
    assert [found["value_added"].value, found["value_added"].baseline] == [4200, 2300]
    assert {each.revision for each in found.values()} == {1}


def test_a_plan_that_cannot_be_stored_leaves_nothing(
    deployment: Deployment, nation: PlanDocument
) -> None:
    before = read_tables(deployment.database)
    # A document that no file can state: an observation of an area that is not there.
    odd = nation.observations[-1].model_copy(update={"area": "atlantis"})
    document = _renamed(nation, "china-again").model_copy(
        update={"observations": [*nation.observations, odd]}
    )
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        _load(deployment.database, document)
    assert read_tables(deployment.database) == before
