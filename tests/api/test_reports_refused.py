"""What a report is refused for as a whole: its period, its area, its form, its conflicts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import NOW, Deployment
from tests.writing import (
    CITY,
    deployed_once,
    figure,
    nothing_stored,
    places,
    read_tables,
    report,
    submit,
)


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


@pytest.mark.parametrize("period", ["2020-Q4", "2026-Q1", "1900-Q1", "2030-Q4"])
def test_a_period_outside_the_plan_is_not_open(refusing: Deployment, period: str) -> None:
    answer = submit(refusing, refusing.key("reporter", "nanshan"), figure(), period=period)
    assert answer.status_code == 422
    assert places(answer) == [("/period", None, "period_not_open")]
    assert period in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("period", ["2021-Q1", "2025-Q4"])
def test_the_plan_is_open_from_the_baseline_year_to_the_deadline(
    once: Deployment, period: str
) -> None:
    once.clock.now = NOW
    answer = submit(once, once.key("reporter", "futian"), figure(), area="futian", period=period)
    assert answer.status_code == 201


def test_a_quarter_opens_once_it_has_ended_in_shanghai(once: Deployment) -> None:
    headers = once.key("reporter", "nanshan")
    # 31 December 23:59 in Shanghai, then midnight.
    once.clock.now = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
    answer = submit(once, headers, figure(), period="2025-Q4")
    assert places(answer) == [("/period", None, "period_not_open")]
    once.clock.now = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert submit(once, headers, figure(), period="2025-Q4").status_code == 201


@pytest.mark.parametrize(
    "period",
    ["2024", "2024-Q5", "2024-q3", " 2024-Q3", "2024-Q3\n", "", "202４-Q3", "9999-Q4"],  # noqa: RUF001
)
def test_a_period_that_is_no_quarter_is_refused(refusing: Deployment, period: str) -> None:
    answer = submit(refusing, refusing.key("reporter", "nanshan"), figure(), period=period)
    assert answer.status_code == 422
    assert [place[0] for place in places(answer)] == ["/period"]


def test_an_area_that_the_plan_does_not_have_is_refused(refusing: Deployment) -> None:
    answer = submit(refusing, refusing.key("reviewer"), figure(), area="atlantis")
    assert answer.status_code == 422
    assert places(answer) == [("/area", None, "unknown_area")]


def test_an_atomic_report_with_one_fault_stores_nothing(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    before = read_tables(deployment.database)
    answer = submit(deployment, headers, figure(), figure("rd_institutions", 0.5))
    assert answer.status_code == 422
    assert answer.json()["summary"] == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 2}
    assert read_tables(deployment.database) == before


def test_conflicts_alone_are_409_and_any_other_fault_makes_it_422(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    submit(deployment, headers, figure(value=1), figure("rd_institutions", 1))
    conflicts = submit(deployment, headers, figure(value=2), figure("rd_institutions", 2))
    assert conflicts.status_code == 409
    assert {place[2] for place in places(conflicts)} == {"already_reported"}
    mixed = submit(deployment, headers, figure(value=2), figure("rd_institutions", 0.5))
    assert mixed.status_code == 422
    assert {place[2] for place in places(mixed)} == {"already_reported", "not_integer"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"area": None}, "/area"),
        ({"period": 2024}, "/period"),
        ({"figures": []}, "/figures"),
        ({"figures": {}}, "/figures"),
        ({"figures": [figure()] * 1001}, "/figures"),
        ({"explanations": {"value_added": 5}}, "/explanations/value_added"),
        ({"explanations": []}, "/explanations"),
        ({"correction_reason": ""}, "/correction_reason"),
        ({"correction_reason": 5}, "/correction_reason"),
        ({"figurs": []}, "/figurs"),
    ],
)
def test_a_body_of_another_shape_is_refused_with_its_place(
    refusing: Deployment, body: dict[str, object], pointer: str
) -> None:
    sent = report(figure()) | body
    answer = refusing.client.post(
        f"{CITY}/reports", json=sent, headers=refusing.key("reporter", "nanshan")
    )
    assert answer.status_code == 422
    assert [place[0] for place in places(answer)] == [pointer]


@pytest.mark.parametrize("query", ["?dryrun=true", "?mode=best", "?dry_run=maybe", "?dry_run="])
def test_a_misspelt_parameter_stores_nothing(refusing: Deployment, query: str) -> None:
    answer = submit(refusing, refusing.key("reporter", "nanshan"), figure(), query=query)
    assert answer.status_code == 422


MALFORMED = {
    "no JSON": (b"{", 400),
    "two values of a member": (b'{"area": "nanshan", "area": "futian"}', 400),
    "UTF-16": ("{}".encode("utf-16"), 400),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400),
    "a NUL": (b'{"area": "nan\\u0000shan"}', 400),
    "half a character": (b'{"area": "\\ud800"}', 400),
    "text that turns its direction": ('{"area": "\u202enahsnan"}'.encode(), 400),
    "nested beyond reason": (b"[" * 100_000, 400),
    "a list": (b"[]", 422),
    "a text": (b'"nanshan"', 422),
    "null": (b"null", 422),
    "nothing": (b"", 422),
    "too much": (b" " * (1024 * 1024 + 1), 413),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_body_that_cannot_be_read_changes_nothing(refusing: Deployment, case: str) -> None:
    content, status = MALFORMED[case]
    headers = refusing.key("reporter", "nanshan") | {"Content-Type": "application/json"}
    answer = refusing.client.post(f"{CITY}/reports", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", ""])
def test_a_body_of_another_media_type_is_415(refusing: Deployment, media_type: str) -> None:
    headers = refusing.key("reporter", "nanshan") | {"Content-Type": media_type}
    answer = refusing.client.post(f"{CITY}/reports", content=b"{}", headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("text", ["%FF", "r2-1%C2%A0", "x" * 2000, "é", "%2e%2e"])
def test_an_odd_report_code_is_not_found(refusing: Deployment, text: str) -> None:
    reviewer = refusing.key("reviewer")
    assert refusing.client.get(f"{CITY}/reports/{text}", headers=reviewer).status_code == 404
    approved = refusing.client.post(f"{CITY}/reports/{text}/approve", headers=reviewer)
    assert approved.status_code == 404
