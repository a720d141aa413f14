"""What is wrong with a figure is said of that figure: its code, its place, in both languages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW, Deployment
from tests.writing import (
    CITY,
    NATION,
    deployed_once,
    figure,
    missing,
    nothing_stored,
    official_values,
    places,
    read_tables,
    report,
    submit,
)

WORKERS = "new_software_workers"
FAULTS: dict[str, tuple[dict[str, object], str, str]] = {
    "a text": (figure(value="812.4"), "value", "value_type"),
    "thousands separators": (figure(value="1,234"), "value", "value_type"),
    "full-width digits": (figure(value="８１２"), "value", "value_type"),  # noqa: RUF001
    "an empty text": (figure(value=""), "value", "value_type"),
    "true": (figure(value=True), "value", "value_type"),
    "a list": (figure(value=[1]), "value", "value_type"),
    "an object": (figure(value={"amount": 1}), "value", "value_type"),
    "null": (figure(value=None), "value", "value_required"),
    "no unit": (figure(unit=None), "unit", "unit_required"),
    "a unit of people": (figure(unit="人"), "unit", "unit_not_allowed"),
    "an unknown unit": (figure(unit="yuan"), "unit", "unit_not_allowed"),
    "a unit with a blank": (figure(unit="亿元 "), "unit", "unit_not_allowed"),
    "a unit that is a number": (figure(unit=5), "unit", "unit_not_allowed"),
    "dollars for yuan": (figure(unit="亿美元"), "unit", "unit_not_allowed"),
    "no basis": (figure(basis=None), "basis", "basis_required"),
    "a flow as a level": (figure(basis="level"), "basis", "basis_not_allowed"),
    "a flow since the start": (figure(basis="since_start"), "basis", "basis_not_allowed"),
    "a level as a flow": (
        figure("national_key_software_enterprises", 5, basis="ytd"),
        "basis",
        "basis_not_allowed",
    ),
    "an unknown basis": (figure(basis="YTD"), "basis", "basis_not_allowed"),
    "below zero": (figure(value=-0.01), "value", "negative"),
    "half an institution": (figure("rd_institutions", 12.5), "value", "not_integer"),
    "part of a person": (figure(WORKERS, 1.23456, unit="万人"), "value", "not_integer"),
    "ten thousand million": (figure(value=10_000_000_000), "value", "out_of_range"),
    "beyond any float": (figure(value=10**38), "value", "out_of_range"),
    "far below zero": (figure(WORKERS, -(10**10)), "value", "out_of_range"),
    "too large once converted": (figure(value=1_000_000, unit="万亿元"), "value", "out_of_range"),
    "nine decimal places": (figure(value=0.123456789), "value", "precision"),
    "sixteen digits": (figure(value=1234567.890123456), "value", "precision"),
    "an unknown indicator": (
        figure() | {"indicator": "value_add"},
        "indicator",
        "unknown_indicator",
    ),
    "no indicator": (figure() | {"indicator": None}, "indicator", "unknown_indicator"),
    "a list of indicators": (
        figure() | {"indicator": ["value_added"]},
        "indicator",
        "unknown_indicator",
    ),
    "a misspelt field": (figure(valeu=3), "valeu", "unknown_field"),
}


@pytest.fixture(scope="module")
def once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed_once(sqlite_template, tmp_path_factory.mktemp("once")) as deployment:
        yield deployment


@pytest.fixture
def refusing(once: Deployment) -> Iterator[Deployment]:
    """The deployment that every refusal leaves as it was."""
    once.clock.now = NOW
    with nothing_stored(once):
        yield once


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_named_with_its_place(refusing: Deployment, case: str) -> None:
    sent, field, code = FAULTS[case]
    answer = submit(refusing, refusing.key("reporter", "nanshan"), sent)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (f"/figures/0/{field}", 1, code) in places(answer)
    assert {place[2] for place in places(answer)} == {code}
    assert answer.json()["code"] == code
    assert answer.json()["summary"] == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 1}


def test_every_fault_of_every_figure_comes_at_once_and_nothing_is_stored(
    deployment: Deployment,
) -> None:
    headers = deployment.key("reporter", "nanshan")
    before = read_tables(deployment.database)
    answer = submit(
        deployment,
        headers,
        {"indicator": "value_added", "value": "1,234"},
        figure(WORKERS, 1.5, basis="level"),
        figure("rd_institutions", 3),
        figure("industrial_space", -4, unit="人", extra=1),
        "no figure at all",
        area="nanshan",
        period="2027-Q1",
    )
    assert answer.status_code == 422
    assert {
        ("/period", None, "period_not_open"),
        ("/figures/0/value", 1, "value_type"),
        ("/figures/0/unit", 1, "unit_required"),
        ("/figures/0/basis", 1, "basis_required"),
        ("/figures/1/value", 2, "not_integer"),
        ("/figures/1/basis", 2, "basis_not_allowed"),
        ("/figures/3/value", 4, "negative"),
        ("/figures/3/unit", 4, "unit_not_allowed"),
        ("/figures/3/extra", 4, "unknown_field"),
        ("/figures/4", 5, "value_type"),
    } <= set(places(answer))
    assert answer.json()["summary"]["rejected"] == 5
    assert read_tables(deployment.database) == before


def test_both_rows_of_a_figure_that_came_twice_are_named(refusing: Deployment) -> None:
    headers = refusing.key("reporter", "nanshan")
    answer = submit(refusing, headers, figure(), figure("rd_institutions", 1), figure(value=1))
    assert places(answer) == [("/figures/2/indicator", 3, "duplicate_figure")]
    error = answer.json()["errors"][0]
    assert (error["facts"]["first"], error["facts"]["second"]) == (1, 3)
    assert "1" in error["message"]
    assert "3" in error["message"]


def test_the_same_figure_twice_is_refused_even_where_both_agree(refusing: Deployment) -> None:
    answer = submit(refusing, refusing.key("reporter", "nanshan"), figure(), figure())
    assert answer.status_code == 422
    assert answer.json()["code"] == "duplicate_figure"


def test_a_growth_indicator_takes_no_reports_and_names_its_source(refusing: Deployment) -> None:
    sent = {"indicator": "software_revenue_growth", "value": 12, "unit": "%", "basis": "level"}
    answer = refusing.client.post(
        f"{NATION}/reports",
        json=report(sent, area="guangdong"),
        headers=refusing.key("reporter", "guangdong"),
    )
    assert places(answer) == [("/figures/0/indicator", 1, "not_reportable")]
    assert "software_business_revenue" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        (missing(reason="forgot"), "missing_reason_invalid", "missing_reason"),
        (figure(missing_reason="withheld"), "value_and_missing_reason", "missing_reason"),
        (figure(note=5), "text_invalid", "note"),
        (figure(note=""), "text_invalid", "note"),
        (figure(note="x" * 4001), "text_invalid", "note"),
    ],
)
def test_a_reason_or_note_that_is_none_is_refused(
    refusing: Deployment, sent: dict[str, Any], code: str, field: str
) -> None:
    answer = submit(refusing, refusing.key("reporter", "nanshan"), sent)
    assert answer.status_code == 422
    assert places(answer) == [(f"/figures/0/{field}", 1, code)]


@pytest.mark.parametrize("case", FAULTS)
def test_every_fault_is_said_in_both_languages(refusing: Deployment, case: str) -> None:
    headers = refusing.key("reporter", "nanshan")
    said = {}
    for language in ("en", "zh"):
        answer = submit(refusing, headers | {"Accept-Language": language}, FAULTS[case][0])
        assert answer.headers["content-language"] == language
        said[language] = " ".join(each["message"] for each in answer.json()["errors"])
        assert "{" not in said[language].replace('{"amount": 1}', "")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said["zh"])
    assert said["en"] != said["zh"]


NUMBERS = {
    "luohu": ("0", 0),
    "futian": ("-0.0", 0),
    "nanshan": ("1E2", 100),
    "baoan": ("12.0", 12),
    "longgang": ("0.00000001", 0.00000001),
    "yantian": ("9999999999.99999", 9999999999.99999),
    "longhua": ("1234567.89012345", 1234567.89012345),
    "pingshan": ("812.40000000000000000000", 812.4),
}


def test_a_number_is_kept_to_the_last_digit(deployment: Deployment) -> None:
    reviewer, other = deployment.key("reviewer"), deployment.key("reviewer")
    for area, (text, expected) in NUMBERS.items():
        body = json.dumps(report(figure(value="VALUE"), area=area)).replace('"VALUE"', text)
        sent = deployment.client.post(
            f"{CITY}/reports",
            content=body,
            headers=reviewer | {"Content-Type": "application/json"},
        )
        assert sent.status_code == 201, sent.text
        assert sent.json()["report"]["figures"][0]["reported_value"] == expected
        approve = sent.headers["location"] + "/approve"
        assert deployment.client.post(approve, headers=other).status_code == 200
        assert official_values(deployment, area=area) == [expected]


def test_a_count_may_have_a_zero_fraction_and_a_net_change_may_be_negative(
    deployment: Deployment,
) -> None:
    answer = submit(
        deployment,
        deployment.key("reporter", "nanshan"),
        figure("rd_institutions", 12.0),
        figure(WORKERS, -1.2345, unit="万人"),
        figure("revenue_10bn_plus", -1),
    )
    assert answer.status_code == 201, answer.text
    stored = {each["indicator"]: each["value"] for each in answer.json()["report"]["figures"]}
    assert stored == {"rd_institutions": 12, WORKERS: -12345, "revenue_10bn_plus": -1}


@pytest.mark.parametrize(
    "text",
    ["1e9999999999999999999", "-1e9999999999999999999", "1e-9999999999999999999", "9" * 41, "NaN"],
)
def test_a_number_beyond_reading_is_a_client_error(refusing: Deployment, text: str) -> None:
    body = json.dumps(report(figure(value="VALUE"))).replace('"VALUE"', text)
    headers = refusing.key("reporter", "nanshan") | {"Content-Type": "application/json"}
    answer = refusing.client.post(f"{CITY}/reports", content=body, headers=headers)
    assert answer.status_code in {400, 422}
