"""A newer submission replaces the figures that still wait, and only those."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import (
    CITY,
    decide,
    figure,
    head,
    nothing_stored,
    official_values,
    provisional_values,
    submit,
)

INSTITUTIONS = {"indicator": "rd_institutions"}


@pytest.fixture
def nanshan(deployment: Deployment) -> dict[str, str]:
    return deployment.key("reporter", "nanshan", owner="nanshan")


@pytest.fixture
def reviewer(deployment: Deployment) -> dict[str, str]:
    return deployment.key("reviewer", owner="city")


def _seen(deployment: Deployment, headers: dict[str, str], sent: Any) -> Any:
    return deployment.client.get(sent.headers["location"], headers=headers).json()


def test_approving_an_older_report_approves_what_is_left_of_it(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    older = submit(deployment, nanshan, figure(value=1), figure("rd_institutions", 1))
    newer = submit(deployment, nanshan, figure(value=2), correction_reason="recount")
    assert provisional_values(deployment, reviewer) == [2]
    assert provisional_values(deployment, reviewer, **INSTITUTIONS) == [1]
    seen = _seen(deployment, nanshan, older)
    assert seen["status"] == "submitted"
    assert [each["status"] for each in seen["figures"]] == ["superseded", "submitted"]
    answer = decide(deployment, reviewer, older, "approve")
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    assert [each["status"] for each in answer.json()["figures"]] == ["superseded", "approved"]
    assert official_values(deployment) == []
    assert official_values(deployment, **INSTITUTIONS) == [1]
    assert decide(deployment, reviewer, newer, "approve").status_code == 200
    assert official_values(deployment) == [2]


def test_a_report_of_which_nothing_is_left_is_superseded(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    older = submit(deployment, nanshan, figure(value=1), figure("rd_institutions", 1))
    submit(deployment, nanshan, figure(value=2), correction_reason="recount")
    last = submit(deployment, nanshan, figure("rd_institutions", 2), correction_reason="recount")
    seen = _seen(deployment, nanshan, older)
    assert (seen["status"], seen["allowed_actions"]) == ("superseded", [])
    assert seen["decisions"][-1]["revision"] == last.json()["report"]["revision"]
    with nothing_stored(deployment):
        answer = decide(deployment, reviewer, older, "approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "superseded")
        assert decide(deployment, reviewer, older, "return").status_code == 409
        assert decide(deployment, nanshan, older, "withdraw").status_code == 409


@pytest.mark.parametrize("action", ["return", "withdraw"])
def test_what_was_replaced_does_not_come_back(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str], action: str
) -> None:
    older = submit(deployment, nanshan, figure(value=1))
    newer = submit(deployment, nanshan, figure(value=2), correction_reason="recount")
    decide(deployment, reviewer if action == "return" else nanshan, newer, action)
    assert provisional_values(deployment, reviewer) == []
    assert decide(deployment, reviewer, older, "approve").json()["code"] == "superseded"
    again = submit(deployment, nanshan, figure(value=3))
    assert again.json()["summary"]["created"] == 1


def test_official_keeps_the_old_value_until_the_new_one_is_approved(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    decide(deployment, reviewer, submit(deployment, nanshan, figure(value=1)), "approve")
    revision = head(deployment)["revision"]
    newer = submit(deployment, nanshan, figure(value=2), correction_reason="recount")
    assert official_values(deployment) == [1]
    # The live figure is the submitted one: the old value would now be a change.
    assert submit(deployment, nanshan, figure(value=2)).status_code == 200
    assert submit(deployment, nanshan, figure(value=1)).status_code == 409
    decide(deployment, reviewer, newer, "approve")
    assert official_values(deployment) == [2]
    assert official_values(deployment, as_of=str(revision)) == [1]
    assert official_values(deployment, include_history="true") == [1, 2]


@pytest.mark.parametrize("action", ["return", "withdraw"])
def test_the_official_value_is_live_again_when_its_correction_is_taken_back(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str], action: str
) -> None:
    decide(deployment, reviewer, submit(deployment, nanshan, figure(value=1)), "approve")
    newer = submit(deployment, nanshan, figure(value=2), correction_reason="recount")
    decide(deployment, reviewer if action == "return" else nanshan, newer, action)
    assert submit(deployment, nanshan, figure(value=1)).status_code == 200
    conflict = submit(deployment, nanshan, figure(value=2))
    assert conflict.status_code == 409
    assert conflict.json()["errors"][0]["facts"]["live"] == "1"


def test_reports_of_other_periods_and_areas_are_not_replaced(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    first = submit(deployment, nanshan, figure(value=1))
    submit(deployment, nanshan, figure(value=2), period="2024-Q2")
    submit(deployment, reviewer, figure(value=3), area="futian")
    assert _seen(deployment, nanshan, first)["status"] == "submitted"
    assert decide(deployment, reviewer, first, "approve").status_code == 200


def test_the_past_shows_a_report_as_it_stood(
    deployment: Deployment, nanshan: dict[str, str]
) -> None:
    older = submit(deployment, nanshan, figure(value=1))
    then = head(deployment)["revision"]
    submit(deployment, nanshan, figure(value=2), correction_reason="recount")
    place = older.headers["location"]
    before = deployment.client.get(f"{place}?as_of={then}", headers=nanshan).json()
    assert (before["status"], before["decisions"]) == ("submitted", [])
    assert _seen(deployment, nanshan, older)["status"] == "superseded"
    early = deployment.client.get(f"{place}?as_of={then - 1}", headers=nanshan)
    assert early.status_code == 404
    assert deployment.client.get(f"{CITY}/reports?as_of={then}", headers=nanshan).json()["total"]
