"""A plan in memory: made once for an edition, followed by what is recorded, never another one's."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from app.services.gaps.table import GapFilter, list_gaps
from app.services.ledger.snapshots import take_snapshot
from app.services.plans.portfolio import get_overview, write_overview
from app.services.state import official
from app.services.state import plan as state
from app.services.state.columns import Connect
from app.services.state.keys import FigureFilter, Release
from app.services.state.observations import list_observations
from app.services.state.plan import KnownPlan, load_plan_at
from tests.conftest import NOW, Deployment
from tests.writing import CITY, decide, figure, submit

PLAN, NATION = "shenzhen-software-2025", "china-software-2025"


def _load(session: Session, as_of: str | None = None) -> KnownPlan:
    return load_plan_at(session, take_snapshot(session, PLAN, as_of=as_of, now=NOW))


def _load_nation(session: Session) -> KnownPlan:
    return load_plan_at(session, take_snapshot(session, NATION, now=NOW))


def _known(deployment: Deployment, as_of: str | None = None) -> KnownPlan:
    with deployment.database.read_session() as session:
        return _load(session, as_of)


def _afresh(deployment: Deployment, as_of: str | None = None) -> KnownPlan:
    with deployment.database.read_session() as session:
        session.info["kept"] = {}
        return _load(session, as_of)


def _answers(known: KnownPlan) -> list[Any]:
    everything = GapFilter(periods=known.plan.periods()[-8:])
    overview = get_overview(known, GapFilter(), area=None, period=None)
    assert write_overview(known, overview) == overview.model_dump_json().encode()
    at_end = get_overview(known, GapFilter(), area=None, period=known.plan.last_period)
    assert write_overview(known, at_end) == at_end.model_dump_json().encode()
    return [
        overview.model_dump(),
        *(row.model_dump() for row in list_gaps(known, GapFilter())),
        *(row.model_dump() for row in list_gaps(known, everything)),
    ]


def _figures(deployment: Deployment, as_of: str | None = None) -> list[Any]:
    """What is kept and what is read afresh: the figures in all their versions."""
    found = []
    with deployment.database.read_session() as session:
        for _ in range(2):
            known = _load(session, as_of)
            for release in Release:
                wanted = FigureFilter(
                    indicators=tuple(known.plan.rules.indicators), release=release
                )
                rows = list_observations(session, known, wanted)
                found.append([row.model_dump() for row in rows])
                assert len(rows) == len(found[-1]) > 0
            session.info["kept"] = {}
    return found


def _submit(deployment: Deployment, *figures: object) -> Any:
    reporter = deployment.key("reporter", "nanshan", owner="nanshan")
    answer = submit(deployment, reporter, *figures, correction_reason="counted again")
    assert answer.status_code == 201
    return answer


def _approve(deployment: Deployment, sent: Any) -> None:
    assert decide(deployment, deployment.key("reviewer"), sent, "approve").status_code == 200


def test_a_plan_is_read_once_and_again_by_nobody(
    api: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def count(
        session: Session, connect: Connect, plan: str, *given: Any, **named: Any
    ) -> official.OfficialPlan:
        read.append(plan)
        return official.read_official(session, connect, plan, *given, **named)

    monkeypatch.setattr(state, "read_official", count)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: _known(api).plan, range(16)))
    assert read == [PLAN]
    assert {id(each) for each in found} == {id(found[0])}


def test_an_entry_that_makes_nothing_official_leaves_the_plan_as_it_is(api: Deployment) -> None:
    before = _known(api)
    _submit(api, figure(value=1000))
    after = _known(api)
    assert after.snapshot.revision == before.snapshot.revision + 1
    assert after.plan is before.plan


def test_what_follows_says_what_the_tables_say(deployment: Deployment) -> None:
    known = [_known(deployment)]
    _answers(known[0])
    for value in (1000, 1100):
        _approve(
            deployment, _submit(deployment, figure(value=value), figure("industrial_space", 5))
        )
        known.append(_known(deployment))
        assert _answers(known[-1]) == _answers(_afresh(deployment))
    body = {"indicator": "value_added", "value": 9000, "reason": "agreed"}
    headers = deployment.key("administrator")
    assert deployment.client.post(f"{CITY}/targets", json=body, headers=headers).status_code == 201
    assert _answers(_known(deployment)) == _answers(_afresh(deployment))
    for each in known:
        at = str(each.snapshot.revision)
        assert _answers(_known(deployment, at)) == _answers(_afresh(deployment, at))


def test_a_list_of_figures_follows_what_is_recorded(deployment: Deployment) -> None:
    counts = []
    # The second figure is another version of the first, the third the first of its series.
    for sent in (figure(value=1000), figure(value=1100), figure("industrial_space", 5)):
        _approve(deployment, _submit(deployment, sent))
        found = _figures(deployment)
        assert found[:3] == found[3:]
        counts.append([len(each) for each in found[:3]])
    first, second, third = counts
    assert [b - a for a, b in zip(first, second, strict=True)] == [0, 0, 1]
    assert [b - a for a, b in zip(second, third, strict=True)] == [1, 1, 1]


def test_a_row_that_an_entry_does_not_touch_is_the_same_row(api: Deployment) -> None:
    def rows() -> dict[tuple[str, str], Any]:
        found = list_gaps(_known(api), GapFilter())
        return {(row.indicator, row.area): row for row in found}

    before = rows()
    _approve(api, _submit(api, figure(value=1000)))
    after = rows()
    other = {key for key in after if after[key] is not before[key]}
    # A figure moves the rank and the share of every area beside its own.
    assert other == {key for key in after if key[0] == "value_added"}


def test_deadlines_are_judged_on_the_day_of_who_asks(api: Deployment) -> None:
    today = _known(api)
    api.clock.now = NOW.replace(year=2027)
    with api.database.read_session() as session:
        later = load_plan_at(session, take_snapshot(session, PLAN, now=api.clock.now))
    assert later.plan.figures.today == later.snapshot.day != today.snapshot.day
    assert _known(api).plan is today.plan


def test_another_ledger_is_never_taken_for_the_one_in_memory(
    deploy: Callable[..., Deployment], sqlite_template: Path, tmp_path: Path
) -> None:
    """Where a copy was put back and written to, revisions are the same and digests are not."""
    first, second = (
        deploy(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / name)}")
        for name in ("first.db", "second.db")
    )
    for each, value in ((first, 1000), (second, 2000)):
        _approve(each, _submit(each, figure(value=value)))
    with first.database.read_session() as session:
        kept, before = session.info["kept"], _load(session)
    for value in (5, 6):
        with second.database.read_session() as session:
            session.info["kept"] = kept
            after = _load(session)
        assert after.plan is not before.plan
        assert _answers(after) == _answers(_afresh(second))
        _approve(second, _submit(second, figure("industrial_space", value)))


def test_figures_that_found_no_room_are_read_again_when_they_are_asked_for(
    api: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    _approve(api, _submit(api, figure(value=1000)))
    kept = _answers(_afresh(api))
    monkeypatch.setattr(state, "BYTES_KEPT", 0)
    with api.database.read_session() as session:
        session.info["kept"] = {}
        city, nation = _load(session), _load_nation(session)
        assert _answers(city) == kept
        assert _answers(_load(session)) == kept
        assert _answers(nation) == _answers(_load_nation(session))


def test_an_indicator_is_read_when_it_is_asked_for(api: Deployment) -> None:
    with api.database.read_session() as session:
        session.info["kept"] = {}
        known = _load_nation(session)
        columns = session.info["kept"]["plans"].find(session, known.snapshot).columns
        assert columns.size == 0
        list(list_gaps(known, GapFilter(indicators=["software_export"])))
        some = columns.size
        list(list_gaps(known, GapFilter()))
        assert 0 < some < columns.size


def test_what_was_asked_for_last_stays(api: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "BYTES_KEPT", 2_500_000)
    known = [_known(api)]
    for value in (1000, 1100):
        _approve(api, _submit(api, figure(value=value)))
        known.append(_known(api))
    first, second, third = known
    assert _known(api).plan is third.plan
    assert _known(api, "1").plan is not first.plan
    assert _known(api).plan is third.plan
    assert _known(api, str(second.snapshot.revision)).plan is not second.plan


def test_of_too_many_entries_it_is_looked_up_again_what_was_official(
    api: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "_EDITIONS_KEPT", 1)
    _approve(api, _submit(api, figure(value=1000)))
    for _ in range(2):
        known = _known(api), _known(api, "1")
        assert [each.definition.revision for each in known] == [1, 1]
        assert known[0].plan is _known(api).plan is not known[1].plan


def test_a_write_reads_what_it_has_written_itself(api: Deployment) -> None:
    with api.database.write_transaction() as session:
        first, second = _load(session), _load(session)
    assert first.plan is not second.plan
