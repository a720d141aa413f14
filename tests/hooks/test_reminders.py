"""Reminders follow from the plan and the day in Asia/Shanghai: each is there once."""

import asyncio
import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from app.services.hooks.reminders import find_reminders
from app.tables import Delivery
from tests.conftest import Deployment
from tests.hooks.sending import CODE, courier_of, create, go
from tests.writing import decide, figure, missing, submit

# Due on 15 October 2024: the first instant of a day in Shanghai is 16:00 UTC of the day before.
MIDNIGHT = 16
REMINDERS = ["due_soon", "overdue", "returned"]
# What districts report quarter by quarter; the rest is due with the year.
QUARTERLY = ["value_added", "rd_institutions", "new_software_workers", "industrial_space"]


def _at(deployment: Deployment, month: int, day: int, hour: int = 4) -> None:
    deployment.clock.now = datetime(2024, month, day, hour, tzinfo=UTC)


def _found(deployment: Deployment) -> list[tuple[str, str]]:
    with deployment.database.read_session() as session:
        news = find_reminders(session, CODE, now=deployment.clock.now)
    return [(each.event.value, each.subject) for each in news]


def _kept(deployment: Deployment) -> list[tuple[str, str]]:
    query = select(Delivery.event, Delivery.subject).order_by(col(Delivery.position))
    with deployment.database.read_session() as session:
        return [*session.exec(query).all()]


def _report(deployment: Deployment, *figures: Any, **more: Any) -> Any:
    reporter = deployment.key("reporter", "nanshan", owner="li")
    sent = submit(deployment, reporter, *figures, **more)
    assert sent.status_code == 201, sent.text
    return sent


@pytest.mark.parametrize(
    ("month", "day", "hour", "kinds"),
    [
        # The ninth of October ends in Shanghai at 16:00 UTC.
        (10, 9, MIDNIGHT - 1, set()),
        (10, 9, MIDNIGHT, {"due_soon"}),
        (10, 15, MIDNIGHT - 1, {"due_soon"}),
        (10, 15, MIDNIGHT, {"overdue"}),
        (11, 14, MIDNIGHT - 1, {"overdue"}),
        (11, 14, MIDNIGHT, set()),
    ],
)
def test_the_day_turns_in_shanghai(
    api: Deployment, month: int, day: int, hour: int, kinds: set[str]
) -> None:
    _at(api, month, day, hour)
    found = _found(api)
    assert {kind for kind, _ in found} == kinds
    assert {subject.split()[1] for _, subject in found} <= {"2024-Q3"}
    assert len(found) in {0, 11}


def test_who_has_submitted_everything_is_not_reminded(deployment: Deployment) -> None:
    _at(deployment, 10, 12)
    assert ("due_soon", "nanshan 2024-Q3") in _found(deployment)
    _report(deployment, *(figure(each, 10) for each in QUARTERLY[:-1]))
    assert ("due_soon", "nanshan 2024-Q3") in _found(deployment)
    # A figure that cannot exist is settled; one that is only late is not.
    _report(deployment, missing(QUARTERLY[-1], "not_yet_available"))
    assert ("due_soon", "nanshan 2024-Q3") in _found(deployment)
    _report(deployment, missing(QUARTERLY[-1], "not_applicable"), correction_reason="none here")
    assert ("due_soon", "nanshan 2024-Q3") not in _found(deployment)
    assert ("due_soon", "futian 2024-Q3") in _found(deployment)


def test_a_returned_report_that_is_not_sent_again_is_remembered_the_next_day(
    deployment: Deployment,
) -> None:
    sent = _report(deployment, figure(value=800))
    decide(deployment, deployment.key("reviewer", owner="wang"), sent, "return")
    assert "returned" not in {kind for kind, _ in _found(deployment)}
    deployment.clock.now = datetime(2026, 3, 2, MIDNIGHT, tzinfo=UTC)
    assert ("returned", "nanshan 2024-Q3") in _found(deployment)
    _report(deployment, figure(value=810))
    assert "returned" not in {kind for kind, _ in _found(deployment)}


def test_each_reminder_is_left_once_whoever_looks_first(deployment: Deployment) -> None:
    _at(deployment, 10, 12)
    url = "http://127.0.0.1:9/"
    create(deployment, url, REMINDERS, areas=["futian", "nanshan"])
    threads = [
        threading.Thread(target=asyncio.run, args=(go(courier_of(deployment)),)) for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    soon = [("due_soon", "futian 2024-Q3"), ("due_soon", "nanshan 2024-Q3")]
    assert sorted(_kept(deployment)) == soon
    # A day later, after a restart, and on the day of the next kind.
    for day in (13, 13, 16, 16, 17):
        _at(deployment, 10, day)
        asyncio.run(go(courier_of(deployment)))
    late = [("overdue", "futian 2024-Q3"), ("overdue", "nanshan 2024-Q3")]
    assert sorted(_kept(deployment)) == soon + late


def test_a_reminder_says_what_is_missing_and_until_when(api: Deployment) -> None:
    _at(api, 10, 12)
    create(api, "http://127.0.0.1:9/", REMINDERS, areas=["nanshan"])
    _report(api, figure(value=800))
    asyncio.run(go(courier_of(api)))
    with api.database.read_session() as session:
        (body,) = session.exec(select(Delivery.body)).all()
    told = json.loads(body)
    assert told["data"] == {
        "plan": CODE,
        "area": "nanshan",
        "period": "2024-Q3",
        "due_on": "2024-10-15",
        "indicators": QUARTERLY[1:],
    }
    assert told["text"]["en"].endswith(
        ": Nanshan District has not yet reported 3 figures for 2024-Q3, due on 2024-10-15."
    )
    assert told["text"]["zh"].endswith(
        "：南山区2024年第3季度尚有3项数据未报，请于2024年10月15日前报送。"
    )


def test_a_hook_that_is_created_later_in_the_day_is_told_the_same_day(api: Deployment) -> None:
    _at(api, 10, 12)
    courier = courier_of(api)
    create(api, "http://127.0.0.1:9/", ["overdue"])
    asyncio.run(go(courier))
    assert _kept(api) == []
    create(api, "http://127.0.0.1:9/", ["due_soon"], areas=["yantian"])
    asyncio.run(go(courier))
    assert _kept(api) == [("due_soon", "yantian 2024-Q3")]
