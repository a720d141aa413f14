"""The life of a report: submitted, then approved, returned or withdrawn, once."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import (
    CITY,
    decide,
    figure,
    head,
    missing,
    nothing_stored,
    official_values,
    provisional_values,
    read_tables,
    submit,
)

DECISIONS = {"approve": "approved", "return": "returned", "withdraw": "withdrawn"}


@pytest.fixture
def nanshan(deployment: Deployment) -> dict[str, str]:
    return deployment.key("reporter", "nanshan", owner="nanshan")


@pytest.fixture
def reviewer(deployment: Deployment) -> dict[str, str]:
    return deployment.key("reviewer", owner="city")


def test_an_approval_makes_every_figure_official_in_one_revision(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    sent = submit(deployment, nanshan, figure(value=5), missing("rd_institutions", "withheld"))
    assert official_values(deployment) == []
    answer = decide(deployment, reviewer, sent, "approve", note="checked with the yearbook")
    assert answer.status_code == 200
    revision = head(deployment)["revision"]
    assert revision == sent.json()["report"]["revision"] + 1
    assert answer.json()["status"] == "approved"
    assert [each["status"] for each in answer.json()["figures"]] == ["approved", "approved"]
    decision = answer.json()["decisions"]
    assert [(each["status"], each["decided_by"], each["reason"]) for each in decision] == [
        ("approved", "city", "checked with the yearbook")
    ]
    found = deployment.client.get(f"{CITY}/observations", params={"area": "nanshan"}).json()
    assert {each["revision"] for each in found["items"]} == {revision}
    assert {each["report"] for each in found["items"]} == {sent.json()["report"]["id"]}
    assert official_values(deployment) == [5]
    # As of the submission nothing was official yet.
    assert official_values(deployment, as_of=str(revision - 1)) == []


def test_a_return_gives_the_reason_and_leaves_the_official_value(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    decide(deployment, reviewer, submit(deployment, nanshan, figure(value=5)), "approve")
    sent = submit(deployment, nanshan, figure(value=6), correction_reason="recount")
    assert official_values(deployment) == [5]
    answer = decide(
        deployment,
        reviewer,
        sent,
        "return",
        reason_code="wrong_value",
        reason="this is one quarter",
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "returned")
    decision = answer.json()["decisions"][0]
    assert (decision["reason_code"], decision["reason"]) == ("wrong_value", "this is one quarter")
    assert official_values(deployment) == [5]
    assert provisional_values(deployment, reviewer) == []
    # The district reads the reason.
    seen = deployment.client.get(sent.headers["location"], headers=nanshan).json()
    assert seen["decisions"][0]["reason"] == "this is one quarter"


@pytest.mark.parametrize("action", ["return", "withdraw"])
def test_a_figure_that_was_taken_back_is_not_live(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str], action: str
) -> None:
    sent = submit(deployment, nanshan, figure(value=5))
    decide(deployment, reviewer if action == "return" else nanshan, sent, action)
    again = submit(deployment, nanshan, figure(value=6))
    assert again.status_code == 201
    assert again.json()["summary"]["created"] == 1


@pytest.mark.parametrize("first", DECISIONS)
def test_a_report_is_decided_on_once(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str], first: str
) -> None:
    def caller(action: str) -> dict[str, str]:
        return nanshan if action == "withdraw" else reviewer

    sent = submit(deployment, nanshan, figure(value=5))
    done = decide(deployment, caller(first), sent, first)
    assert (done.status_code, done.json()["status"]) == (200, DECISIONS[first])
    with nothing_stored(deployment):
        for second in DECISIONS:
            answer = decide(deployment, caller(second), sent, second)
            assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
            assert DECISIONS[first] in answer.json()["detail"]


def test_nobody_approves_what_the_same_owner_submitted(
    deployment: Deployment, reviewer: dict[str, str]
) -> None:
    nanshan = deployment.key("reporter", "nanshan", owner="Zhang")
    second_key = deployment.key("reviewer", owner="Zhang")
    sent = submit(deployment, nanshan, figure(value=5))
    own = submit(deployment, reviewer, figure(value=7), area="futian")
    with nothing_stored(deployment):
        for headers, each in ((second_key, sent), (reviewer, own)):
            answer = decide(deployment, headers, each, "approve")
            assert (answer.status_code, answer.json()["code"]) == (403, "self_approval")
    assert decide(deployment, second_key, own, "approve").status_code == 200
    assert decide(deployment, reviewer, sent, "approve").status_code == 200


@pytest.mark.parametrize("spelling", ["zhang wei", " Zhang  Wei ", "Ｚhang Wei"])  # noqa: RUF001
def test_two_spellings_of_a_name_are_one_owner(api: Deployment, spelling: str) -> None:
    sent = submit(api, api.key("reporter", "nanshan", owner="Zhang Wei"), figure())
    answer = decide(api, api.key("reviewer", owner=spelling), sent, "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "self_approval")


def test_keys_without_an_owner_are_owners_of_their_own(deployment: Deployment) -> None:
    first, second = deployment.key("reviewer"), deployment.key("reviewer")
    sent = submit(deployment, first, figure(value=5))
    assert decide(deployment, first, sent, "approve").status_code == 403
    assert decide(deployment, second, sent, "approve").status_code == 200


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("return", {}),
        ("return", {"reason_code": "wrong_unit"}),
        ("return", {"reason": "check the unit"}),
        ("return", {"reason_code": "Wrong Unit", "reason": "check the unit"}),
        ("return", {"reason_code": "wrong_basis", "reason": "check the basis"}),
        ("return", {"reason_code": ["wrong_unit"], "reason": "check the unit"}),
        ("return", {"reason_code": "wrong_unit", "reason": ""}),
        ("return", {"reason_code": "wrong_unit", "reason": 5}),
        ("return", {"reason_code": "wrong_unit", "reason": "x", "note": "y"}),
        ("approve", {"notes": "typing mistake"}),
        ("approve", {"note": 5}),
        ("approve", []),
        ("withdraw", {"reason": "typing mistake"}),
    ],
)
def test_a_decision_with_a_wrong_body_decides_nothing(
    api: Deployment, action: str, body: Any
) -> None:
    nanshan = api.key("reporter", "nanshan")
    sent = submit(api, nanshan, figure())
    headers = nanshan if action == "withdraw" else api.key("reviewer")
    with nothing_stored(api):
        answer = api.client.post(f"{sent.headers['location']}/{action}", json=body, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["errors"]


@pytest.mark.parametrize("action", DECISIONS)
def test_a_report_that_is_not_there_is_404(api: Deployment, action: str) -> None:
    headers = api.key("reporter", "nanshan") if action == "withdraw" else api.key("reviewer")
    body = {"reason_code": "other", "reason": "wrong"} if action == "return" else None
    answer = api.client.post(f"{CITY}/reports/r99-1/{action}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_colleague_of_the_district_withdraws_too(api: Deployment) -> None:
    sent = submit(api, api.key("reporter", "nanshan", owner="Li"), figure())
    answer = decide(api, api.key("reporter", "nanshan", owner="Wang"), sent, "withdraw")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert answer.json()["decisions"][0]["decided_by"] == "Wang"


def test_an_approval_is_one_transaction(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    sent = submit(deployment, nanshan, figure(value=5), figure("rd_institutions", 2))
    before = read_tables(deployment.database)
    decide(deployment, reviewer, sent, "approve")
    after = read_tables(deployment.database)
    added = {name: len(after[name]) - len(before[name]) for name in after}
    assert {name: count for name, count in added.items() if count} == {
        "ledger": 1,
        "decision": 1,
        "observation": 2,
    }


def test_reports_are_listed_newest_first_by_area_period_and_status(
    deployment: Deployment, nanshan: dict[str, str], reviewer: dict[str, str]
) -> None:
    first = submit(deployment, nanshan, figure(value=1))
    second = submit(deployment, nanshan, figure(value=2), period="2024-Q2")
    third = submit(deployment, reviewer, figure(value=3), area="futian")
    decide(deployment, reviewer, first, "approve")
    ids = [each.json()["report"]["id"] for each in (first, second, third)]

    def listed(query: str = "") -> list[str]:
        found = deployment.client.get(f"{CITY}/reports{query}", headers=reviewer)
        assert found.status_code == 200
        return [each["id"] for each in found.json()["items"]]

    assert listed() == ids[::-1]
    assert listed("?area=nanshan") == [ids[1], ids[0]]
    assert listed("?period=2024-Q2") == [ids[1]]
    assert listed("?status=approved") == [ids[0]]
    assert listed("?status=submitted&area=futian") == [ids[2]]
    assert listed(f"?as_of={third.json()['report']['revision'] - 1}") == [ids[1], ids[0]]
