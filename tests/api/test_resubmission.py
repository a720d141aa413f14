"""A returned report that is sent again says so, wherever it is read."""

import csv
from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import CITY, decide, figure, report, submit

WORKERS = "new_software_workers"
Headers = dict[str, str]


@pytest.fixture
def nanshan(deployment: Deployment) -> Headers:
    return deployment.key("reporter", "nanshan", owner="nanshan")


@pytest.fixture
def reviewer(deployment: Deployment) -> Headers:
    return deployment.key("reviewer", owner="city")


def _id(sent: Any) -> str:
    assert sent.status_code == 201, sent.text
    return str(sent.json()["report"]["id"])


def _resubmits(sent: Any) -> str | None:
    _id(sent)
    found: str | None = sent.json()["report"]["resubmits"]
    return found


def test_it_is_said_in_the_answer_the_report_the_list_and_the_ledger(
    deployment: Deployment, nanshan: Headers, reviewer: Headers
) -> None:
    first = submit(deployment, nanshan, figure(value=812))
    assert _resubmits(first) is None
    decide(deployment, reviewer, first, "return")
    again = submit(deployment, nanshan, figure(value=813))
    assert _resubmits(again) == _id(first)
    read = deployment.client.get(again.headers["location"], headers=reviewer).json()
    assert read["resubmits"] == _id(first)
    listed = deployment.client.get(f"{CITY}/reports", headers=reviewer).json()["items"]
    assert [(each["id"], each["resubmits"]) for each in listed] == [
        (_id(again), _id(first)),
        (_id(first), None),
    ]
    table = deployment.client.get(f"{CITY}/reports?format=csv", headers=reviewer)
    rows = csv.DictReader(table.text.lstrip("\ufeff").splitlines())
    assert [row["resubmits"] for row in rows] == [_id(first), ""]
    entry = deployment.client.get(f"{CITY}/ledger", headers=reviewer).json()["items"][-1]
    assert [part["resubmits"] for part in entry["parts"]] == [_id(first)]


def test_a_batch_and_a_dry_run_say_it_too(
    deployment: Deployment, nanshan: Headers, reviewer: Headers
) -> None:
    first = submit(deployment, nanshan, figure(value=812))
    decide(deployment, reviewer, first, "return")
    dry = submit(deployment, nanshan, figure(value=813), query="?dry_run=true")
    assert dry.json()["report"]["resubmits"] == _id(first)
    other = report(figure(value=700), period="2024-Q4")
    sent = deployment.client.post(
        f"{CITY}/reports/batch",
        json={"reports": [report(figure(value=813)), other]},
        headers=nanshan,
    )
    assert [(each["period"], each["resubmits"]) for each in sent.json()["reports"]] == [
        ("2024-Q3", _id(first)),
        ("2024-Q4", None),
    ]


def test_only_the_figures_that_were_returned_are_sent_again(
    deployment: Deployment, nanshan: Headers, reviewer: Headers
) -> None:
    first = submit(deployment, nanshan, figure(value=812))
    decide(deployment, reviewer, first, "return")
    # Another indicator, another quarter, another area: none of them answers the return.
    assert _resubmits(submit(deployment, nanshan, figure(WORKERS, 3000))) is None
    assert _resubmits(submit(deployment, nanshan, figure(), period="2024-Q2")) is None
    futian = deployment.key("reporter", "futian")
    assert _resubmits(submit(deployment, futian, figure(), area="futian")) is None
    assert _resubmits(submit(deployment, nanshan, figure(value=813))) == _id(first)


def test_it_lasts_until_a_decision(
    deployment: Deployment, nanshan: Headers, reviewer: Headers
) -> None:
    first = submit(deployment, nanshan, figure(value=812))
    decide(deployment, reviewer, first, "return")
    taken_back = submit(deployment, nanshan, figure(value=813))
    decide(deployment, nanshan, taken_back, "withdraw")
    second = submit(deployment, nanshan, figure(value=814))
    assert _resubmits(second) == _id(first)
    # What replaces it before it is decided on answers the same return.
    third = submit(deployment, nanshan, figure(value=815), correction_reason="recount")
    assert _resubmits(third) == _id(first)
    decide(deployment, reviewer, third, "return")
    fourth = submit(deployment, nanshan, figure(value=816))
    assert _resubmits(fourth) == _id(third)
    decide(deployment, reviewer, fourth, "approve")
    last = submit(deployment, nanshan, figure(value=817), correction_reason="recount")
    assert _resubmits(last) is None
