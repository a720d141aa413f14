"""Targets are revised by appending: from a period on, with a reason, and the past stays known."""

from typing import Any

from tests.conftest import Deployment
from tests.writing import (
    CITY,
    NATION,
    decide,
    figure,
    head,
    read_tables,
    submit,
)

REASON = {"reason": "the mid-term review"}
RAISED = {"indicator": "value_added", "value": 4500, **REASON}


def _revise(deployment: Deployment, *targets: dict[str, Any]) -> Any:
    body = targets[0] if len(targets) == 1 else {"targets": list(targets)}
    return deployment.client.post(
        f"{CITY}/targets", json=body, headers=deployment.key("administrator")
    )


def _row(deployment: Deployment, **query: str) -> Any:
    wanted = {"indicator": "value_added", "area": "shenzhen", **query}
    found = deployment.client.get(f"{CITY}/gaps", params=wanted)
    assert found.status_code == 200, found.text
    return found.json()["items"][0]


def test_a_target_holds_from_its_period_on_and_is_unknown_before_it_was_recorded(
    deployment: Deployment,
) -> None:
    reviewer, other = deployment.key("reviewer"), deployment.key("reviewer")
    for period in ("2023-Q4", "2024-Q4"):
        sent = submit(deployment, reviewer, figure(value=3000), area="shenzhen", period=period)
        decide(deployment, other, sent, "approve")
    before = head(deployment)["revision"]
    answer = _revise(deployment, RAISED | {"valid_from": "2024-Q1"})
    assert answer.status_code == 201
    assert (answer.json()["applied"], answer.json()["revision"]) == (True, before + 1)
    assert [each["value"] for each in answer.json()["targets"]] == [4500]
    assert _row(deployment, period="2023-Q4")["target"] == 4200
    assert _row(deployment, period="2024-Q4")["target"] == 4500
    assert _row(deployment, period="2024-Q4")["gap"] == 1500
    assert _row(deployment)["target"] == 4500
    for period in ("2023-Q4", "2024-Q4"):
        assert _row(deployment, period=period, as_of=str(before))["target"] == 4200


def test_a_target_keeps_its_history_with_reasons(deployment: Deployment) -> None:
    _revise(deployment, RAISED)
    _revise(deployment, RAISED | {"value": 4600, "reason": "a typing mistake"})
    found = deployment.client.get(f"{CITY}/targets/value_added").json()
    history = found["history"]
    assert [(each["value"], each["reason"]) for each in history] == [
        (4200, None),
        (4500, "the mid-term review"),
        (4600, "a typing mistake"),
    ]
    revisions = [each["revision"] for each in history]
    assert revisions == sorted(set(revisions))


def test_a_revision_keeps_what_it_does_not_name(deployment: Deployment) -> None:
    before = deployment.client.get(f"{CITY}/targets").json()["items"][0]
    _revise(deployment, RAISED)
    after = deployment.client.get(f"{CITY}/targets").json()["items"][0]
    kept = ("comparator", "deadline", "baseline", "baseline_period", "path", "commitment")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert (before["target"], after["target"]) == (4200, 4500)


def test_districts_get_targets_of_their_own_in_one_revision(deployment: Deployment) -> None:
    before = head(deployment)["revision"]
    answer = _revise(
        deployment,
        RAISED | {"area": "nanshan", "value": 2000, "baseline": {"value": 1100, "period": "2021"}},
        RAISED | {"area": "futian", "value": 900},
    )
    assert answer.status_code == 201
    assert head(deployment)["revision"] == before + 1
    nanshan, futian = (_row(deployment, area=area) for area in ("nanshan", "futian"))
    assert (nanshan["target"], nanshan["baseline"], nanshan["comparator"]) == (2000, 1100, "gt")
    assert (futian["target"], futian["baseline"]) == (900, None)
    assert _row(deployment)["target"] == 4200


def test_a_target_in_another_unit_is_stored_in_the_indicators_unit(
    deployment: Deployment,
) -> None:
    answer = _revise(
        deployment,
        RAISED
        | {
            "value": 0.45,
            "unit": "万亿元",
            "baseline": {"value": 0.23, "period": "2021"},
            "path": "milestones",
            "milestones": [{"period": "2023", "value": 0.3}],
        },
    )
    assert answer.status_code == 201, answer.text
    row = _row(deployment, period="2023-Q4")
    assert (row["target"], row["baseline"], row["path_value"]) == (4500, 2300, 3000)


def test_a_target_that_is_there_already_is_unchanged(deployment: Deployment) -> None:
    same = {"indicator": "value_added", "value": 42_000_000, "unit": "万元", **REASON}
    before = read_tables(deployment.database, without=frozenset({"api_key"}))
    answer = _revise(deployment, same)
    assert answer.status_code == 200
    assert (answer.json()["applied"], answer.json()["targets"]) == (False, [])
    assert read_tables(deployment.database, without=frozenset({"api_key"})) == before
    # Only what changes is stored.
    answer = _revise(deployment, same, {"indicator": "rd_institutions", "value": 12, **REASON})
    assert [each["indicator"] for each in answer.json()["targets"]] == ["rd_institutions"]


def test_a_growth_target_is_revised_in_percent(deployment: Deployment) -> None:
    sent = {"indicator": "software_revenue_growth", "value": 13, **REASON}
    answer = deployment.client.post(
        f"{NATION}/targets", json=sent, headers=deployment.key("administrator")
    )
    assert answer.status_code == 201
    query = {"indicator": "software_revenue_growth", "area": "china"}
    row = deployment.client.get(f"{NATION}/gaps", params=query).json()["items"][0]
    assert (row["target"], row["unit"]) == (13, "%")


ODD: list[dict[str, Any]] = [
    {"value": 0},
    {"value": -5},
    {"value": 2300},
    {"value": 4500, "baseline": {"value": 0, "period": "2021"}},
    {"value": 4500, "baseline": {"value": -3, "period": "2021"}},
    {"value": 2000, "comparator": "gte"},
    {"value": 4500, "valid_from": "2030"},
]


def test_no_target_that_is_taken_makes_a_read_fail(deployment: Deployment) -> None:
    reviewer, other = deployment.key("reviewer"), deployment.key("reviewer")
    for period, value in (("2023-Q4", 3000), ("2024-Q4", 3500)):
        sent = submit(deployment, reviewer, figure(value=value), area="shenzhen", period=period)
        decide(deployment, other, sent, "approve")
    for target in ODD:
        assert _revise(deployment, RAISED | target).status_code == 201
        for path in ("gaps?explain=true", "gaps/value_added", "overview", "targets"):
            assert deployment.client.get(f"{CITY}/{path}").status_code == 200, (target, path)


def test_a_target_that_begins_after_the_last_figure_is_shown_where_it_begins(
    api: Deployment,
) -> None:
    """A district's first target holds from 2025 on, and its last figure is of 2023."""
    reporter = api.key("reporter", "nanshan", owner="nanshan")
    decide(
        api,
        api.key("reviewer"),
        submit(api, reporter, figure(value=5), period="2023-Q4"),
        "approve",
    )
    body = {
        "indicator": "value_added",
        "area": "nanshan",
        "value": 900,
        "valid_from": "2025-Q1",
        "reason": "agreed",
    }
    sent = api.client.post(f"{CITY}/targets", json=body, headers=api.key("administrator"))
    assert sent.status_code == 201
    query = {"indicator": "value_added", "area": "nanshan"}
    (row,) = api.client.get(f"{CITY}/targets", params=query).json()["items"]
    assert (row["target"], row["period"], row["actual"]) == (900, "2025-Q1", None)
    # In the gap table the latest figure comes first: no target holds there.
    (gap,) = api.client.get(f"{CITY}/gaps", params=query).json()["items"]
    assert (gap["actual"], gap["period"], gap["reasons"]["target"]) == (5, "2023-Q4", "no_target")
