"""Targets that are ranges, from the plan file to every answer: 50 to 60 firms, from 30 in 2021."""

import csv
import io
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.path import Comparator
from app.schemas.document.plan import RuleEntry
from app.schemas.document.references import find_reference_faults
from tests.api.test_evaluate import _changed
from tests.conftest import Deployment
from tests.small_plan import CODE, SMALL, figures, get_small, load_small, make_small, since, target

RAISED = {"reason": "raised"}
RANGE = {"value_high": 60, "comparator": "between"}
FIRMS = target("firms", "city", 50, **RANGE, **since(30))


def _load(deployment: Deployment, *more: dict[str, Any]) -> None:
    values = {"east": 24, "west": 16, "city": 40}
    load_small(
        deployment,
        targets=[FIRMS, *more],
        observations=[
            each
            for area, value in values.items()
            for each in figures("firms", area, {"2023-Q4": value})
        ],
    )


def _row(deployment: Deployment, path: str = "/gaps", **query: Any) -> Any:
    (row,) = get_small(deployment, path, indicator="firms", area="city", **query)["items"]
    return row


def test_a_row_gives_both_ends(deployment: Deployment) -> None:
    _load(deployment)
    row = _row(deployment)
    assert (row["target"], row["target_high"], row["comparator"]) == (50, 60, "between")
    assert (row["gap"], row["gap_percent"], row["progress_percent"]) == (10, 20, 50)
    assert row["reasons"]["attainment_percent"] == "not_defined_for_range"
    assert row["rating"] == "on_track"
    (other,) = get_small(deployment, "/gaps", indicator="revenue", area="city")["items"]
    assert other["reasons"]["target_high"] == "no_target"
    listed = _row(deployment, "/targets")
    assert (listed["target"], listed["target_high"], listed["direction"]) == (50, 60, "increase")


def test_one_number_has_no_upper_end(deployment: Deployment) -> None:
    load_small(deployment, targets=[target("firms", "city", 50)], observations=[])
    row = _row(deployment)
    assert (row["target_high"], row["reasons"]["target_high"]) == (None, "not_a_range")
    assert _row(deployment, "/targets")["reasons"]["target_high"] == "not_a_range"


def test_files_and_sdmx_have_both_ends(deployment: Deployment) -> None:
    _load(deployment)
    answer = deployment.client.get(f"{SMALL}/gaps", params={"indicator": "firms", "format": "csv"})
    row = next(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (row["target"], row["target_high"], row["comparator"]) == ("50", "60", "between")
    sorted_rows = get_small(deployment, "/gaps", indicator="firms", sort="-target_high")["items"]
    assert sorted_rows[0]["target_high"] == 60
    codes = deployment.client.get(
        "/sdmx/v2/structure/codelist/*/CL_COMPARATOR/*", headers={"Accept": "application/json"}
    )
    assert '"between"' in codes.text


def test_a_briefing_shows_a_range_as_people_read_it(deployment: Deployment) -> None:
    _load(deployment)
    for language, said in (("en", "50 to 60"), ("zh", "50 至 60")):
        page = deployment.client.get(
            f"{SMALL}/briefing",
            params={"period": "2023-Q4", "format": "html", "lang": language},
        )
        assert said in page.text


def test_areas_are_held_against_ranges_of_their_own(deployment: Deployment) -> None:
    """East has 24 of 28 to 33; west has 16, above 12 to 15; together 40 of 40 to 48."""
    _load(
        deployment,
        target("firms", "east", 28, value_high=33, comparator="between", **since(20)),
        target("firms", "west", 12, value_high=15, comparator="between", **since(10)),
    )
    found = deployment.client.get(f"{SMALL}/gaps/firms", params={"area": "city"}).json()
    gaps = {each["area"]: (each["target"], each["gap"]) for each in found["contributions"]}
    assert gaps["east"] == (28, 4)
    assert gaps["west"] == (12, -1)
    notional = deployment.client.get(f"{SMALL}/gaps/firms", params={"allocation": "notional"})
    assert notional.json()["allocation"] == "own"
    compared = get_small(deployment, "/reconciliation", indicator="firms")["items"][0]
    assert (compared["targets_summed"], compared["target_difference"]) == (40, 10)


def test_a_range_is_not_split(deployment: Deployment) -> None:
    _load(deployment)
    found = deployment.client.get(f"{SMALL}/gaps/firms", params={"allocation": "notional"}).json()
    assert (found["allocation"], found["reasons"]["allocation"]) == (None, "not_defined_for_range")


def test_a_range_is_revised_with_its_history(deployment: Deployment) -> None:
    _load(deployment)
    first = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    headers = deployment.key("administrator", plan=CODE)
    body = {"indicator": "firms", "value": 52, "value_high": 64, **RAISED}
    sent = deployment.client.post(f"{SMALL}/targets", json=body, headers=headers)
    assert sent.status_code == 201, sent.text
    assert (sent.json()["targets"][0]["value"], sent.json()["targets"][0]["value_high"]) == (52, 64)
    again = deployment.client.post(f"{SMALL}/targets", json=body, headers=headers)
    assert (again.status_code, again.json()["applied"]) == (200, False)
    assert (_row(deployment)["target_high"], _row(deployment)["gap"]) == (64, 12)
    assert _row(deployment, as_of=first)["target_high"] == 60
    rows = deployment.client.get(f"{SMALL}/diff", params={"from": first}).json()["rows"]
    assert [(each["field"], each["before"], each["after"]) for each in rows] == [
        ("target", 50, 52),
        ("target_high", 60, 64),
        ("gap", 10, 12),
        ("rating", "on_track", "acceleration_needed"),
    ]
    single = {"indicator": "firms", "value": 55, "comparator": "gte", "reason": "a floor"}
    assert (
        deployment.client.post(f"{SMALL}/targets", json=single, headers=headers).status_code == 201
    )
    row = _row(deployment)
    assert (row["target"], row["target_high"], row["comparator"]) == (55, None, "gte")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"value": 52}, "/value_high"),
        ({"value": 52, "value_high": 52}, "/value_high"),
        ({"value": 52, "value_high": 60.5}, "/value_high"),
        ({"value": 52, "value_high": 60, "comparator": "gte"}, "/value_high"),
    ],
)
def test_a_range_has_two_ends_and_nothing_else_has(
    deployment: Deployment, changed: dict[str, Any], pointer: str
) -> None:
    _load(deployment)
    headers = deployment.key("administrator", plan=CODE)
    body = {"indicator": "firms", "reason": "raised", **changed}
    found = deployment.client.post(f"{SMALL}/targets", json=body, headers=headers)
    assert found.status_code == 422
    assert [each["pointer"] for each in found.json()["errors"]] == [pointer]


def test_the_direction_into_a_range_follows_from_the_baseline(deployment: Deployment) -> None:
    _load(deployment)
    headers = deployment.key("administrator", plan=CODE)
    above = {"value": 90, "period": "2021"}
    body = {"indicator": "firms", "value": 50, "value_high": 60, "baseline": above, **RAISED}
    assert deployment.client.post(f"{SMALL}/targets", json=body, headers=headers).status_code == 201
    row = _row(deployment, "/targets")
    assert (row["direction"], row["gap"]) == ("decrease", -10)
    assert "beyond_range" in row["flags"]


def _range(**changes: Any) -> Any:
    given = {"target__comparator": "between", "target__direction": None}
    body = _changed(**given)
    body["target"] |= {"value": 3000, "value_high": 3500, "path": "linear", **changes}
    return body


def test_the_calculator_takes_a_range(read_api: Deployment) -> None:
    """2300 in 2021, 3100 in 2023: within 3000 to 3500 already; in 2022 350 short of it."""
    found = read_api.client.post("/api/v1/evaluate", json=_range()).json()
    assert (found["target"], found["target_high"], found["gap"]) == (3000, 3500, 0)
    assert found["rating"] == "achieved_early"
    early = read_api.client.post("/api/v1/evaluate", json=_range() | {"period": "2022"}).json()
    assert (early["gap"], early["progress_percent"]) == (350, 50)
    falling = _range() | {"baseline": {"value": 4500, "period": "2021"}}
    row = read_api.client.post("/api/v1/evaluate", json=falling).json()
    assert (row["progress_percent"], row["rating"]) == (140, "achieved_early")


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"value_high": None}, "/target/value_high", "invalid"),
        ({"value_high": 3000}, "/target/value_high", "invalid"),
        ({"comparator": "gte"}, "/target/value_high", "invalid"),
        ({"direction": "decrease"}, "/target/direction", "direction_conflict"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(
    read_api: Deployment, changed: dict[str, Any], pointer: str, code: str
) -> None:
    found = read_api.client.post("/api/v1/evaluate", json=_range(**changed))
    assert found.status_code == 422
    assert [(each["pointer"], each["code"]) for each in found.json()["errors"]] == [(pointer, code)]


def test_a_plan_file_states_a_range_with_both_ends_and_its_own_direction() -> None:
    alone: list[dict[str, Any]] = [{"value_high": None}, {"comparator": "gte"}]
    for changed in alone:
        with pytest.raises(ValidationError):
            make_small(targets=[FIRMS | changed], observations=[])
    wrong: dict[str, dict[str, Any]] = {
        "range_ascends": {"value_high": 50},
        "not_whole": {"value_high": 60.5},
        "direction_conflict": {"direction": "decrease"},
    }
    for rule, changed in wrong.items():
        found = find_reference_faults(make_small(targets=[FIRMS | changed], observations=[]))
        assert [each.rule for each in found] == [rule]
    assert not find_reference_faults(
        make_small(targets=[FIRMS | {"direction": "increase"}], observations=[])
    )


def test_a_rule_between_indicators_has_no_range() -> None:
    document = make_small(targets=[], observations=[])
    rule = RuleEntry(
        code="r",
        text_zh="甲",
        text_en="A",
        left=["firms"],
        right=["workers"],
        comparator=Comparator.BETWEEN,
    )
    changed = document.model_copy(update={"rules": [rule]})
    assert [each.rule for each in find_reference_faults(changed)] == ["rule_comparator"]
