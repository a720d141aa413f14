"""Addresses and parameters: what is never read, and what is the same address."""

from collections.abc import Iterator

import pytest

from tests.api.reads import CITY, NATION
from tests.conftest import Deployment
from tests.writing import figure, report

# NUL, a line break, a tab, an escape, DEL, and one that Unicode has besides ASCII.
CONTROLS = ["%00", "%0A", "%09", "%1B", "%7F", "%C2%85"]


@pytest.mark.parametrize("sign", CONTROLS)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{CITY}/gaps?as_of={{}}", "as_of"),
        (f"{CITY}/gaps?area=nanshan&indicator=value{{}}added", "indicator"),
        (f"{CITY}/gaps?{{}}=1", "�"),
        (f"{CITY}/observations?updated_after=1{{}}", "updated_after"),
        (f"{CITY}/diff?from={{}}", "from"),
        ("/api/v1/plans?as_of=2026{}", "as_of"),
        (f"{CITY}/events?since={{}}", "since"),
        ("/sdmx/v2/data/dataflow/*/*/*/*?c%5BREF_AREA%5D=a{}", "c[REF_AREA]"),
        (f"{CITY}{{}}/gaps", "path"),
        (f"{CITY}/gaps/value{{}}", "path"),
        ("/nowhere/{}", "path"),
        ("/healthz?x={}", "x"),
    ],
)
def test_a_control_character_in_an_address_is_refused(
    deployment: Deployment, path: str, name: str, sign: str
) -> None:
    found = deployment.client.get(path.format(sign))
    assert (found.status_code, found.json()["code"]) == (422, "invalid_parameter")
    (error,) = found.json()["errors"]
    assert error["parameter"] == name
    assert error["message"].endswith("Leave out control characters.")
    # A message steers no screen.
    assert error["message"].isprintable()


def test_writes_are_refused_for_them_too_before_anything_is_stored(deployment: Deployment) -> None:
    client, reviewer = deployment.client, deployment.key("reviewer")
    body = report(figure())
    for path in (
        f"{CITY}/reports?mode=%00",
        f"{CITY}/reports/r2-1%00/approve",
        f"{CITY}%00/reports",
    ):
        found = client.post(path, json=body, headers=reviewer)
        assert found.status_code == 422, path
        assert [each["code"] for each in found.json()["errors"]] == ["invalid"]
    assert client.get(f"{CITY}/ledger/head", headers=reviewer).json()["revision"] == 1


@pytest.mark.parametrize(
    "name",
    ["Accept", "Accept-Language", "Authorization", "If-None-Match", "Idempotency-Key", "If-Match"],
)
@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x7f"])
def test_a_control_character_in_a_header_is_refused(
    read_api: Deployment, name: str, sign: str
) -> None:
    found = read_api.client.get(f"{CITY}/gaps", headers={name: f"a{sign}b"})
    assert found.status_code == 422
    assert [each["parameter"] for each in found.json()["errors"]] == [name.lower()]


def test_every_one_of_them_is_named_at_once(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/gaps%00?as_of=%00&area=%0A&area=nanshan&area=%1b")
    named = [each["parameter"] for each in found.json()["errors"]]
    assert named == ["path", "as_of", "area", "area"]
    assert found.json()["instance"] == f"{CITY}/gaps%00"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/plans",
        CITY,
        f"{CITY}/gaps",
        f"{CITY}/gaps/value_added",
        f"{NATION}/ledger/head",
        "/healthz",
        "/docs",
        "/openapi.json",
        "/sdmx/v2/structure",
        "/sdmx/v1/dataflow/all",
    ],
)
def test_a_path_with_a_slash_at_its_end_is_the_same_path(read_api: Deployment, path: str) -> None:
    hostile = {"Host": "evil.example"}
    plain = read_api.client.get(path)
    slashed = read_api.client.get(f"{path}/", headers=hostile, follow_redirects=False)
    assert (slashed.status_code, slashed.content) == (200, plain.content)
    assert slashed.headers["etag"] == plain.headers["etag"]
    paged = read_api.client.get(f"{path}/?limit=1", headers=hostile, follow_redirects=False)
    assert "evil.example" not in paged.text + str(paged.headers)


def test_a_write_to_a_path_with_a_slash_at_its_end_is_carried_out(api: Deployment) -> None:
    sent = api.client.post(
        f"{CITY}/reports/",
        json=report(figure()),
        headers=api.key("reporter", "nanshan"),
        follow_redirects=False,
    )
    assert sent.status_code == 201
    assert sent.headers["location"] == f"{CITY}/reports/{sent.json()['report']['id']}"


def _hostile_answers(deployment: Deployment) -> Iterator[tuple[str, int, str]]:
    for method in ("GET", "POST", "OPTIONS", "HEAD"):
        for path in ("//", "//evil.example", "/api/v1/plans//", "/docs//", "/docs/assets", "/"):
            answer = deployment.client.request(
                method, path, headers={"Host": "evil.example"}, follow_redirects=False
            )
            yield path, answer.status_code, answer.text + str(answer.headers)


def test_no_answer_sends_a_client_elsewhere(read_api: Deployment) -> None:
    for path, status, told in _hostile_answers(read_api):
        assert not 300 <= status < 400, path
        assert "location" not in told, path
        assert "http" not in told, path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/plans?limit=1&limit=1", "limit"),
        (f"{CITY}?as_of=1&as_of=1", "as_of"),
        (f"{CITY}/gaps?view=official&view=provisional", "view"),
        (f"{CITY}/gaps?format=csv&area=nanshan&format=json", "format"),
        (f"{CITY}/gaps?sort=area&sort=", "sort"),
        (f"{CITY}/gaps/value_added?area=nanshan&area=futian", "area"),
        (f"{CITY}/overview?area=nanshan&area=futian", "area"),
        (f"{CITY}/briefing?period=2024-Q1&period=2024-Q2", "period"),
        (f"{CITY}/diff?from=1&from=1", "from"),
        (f"{CITY}/events?since=0&since=1", "since"),
        (f"{CITY}/observations?release=first&release=latest", "release"),
        ("/sdmx/v1/data/SHENZHEN?startPeriod=2024&startPeriod=2023", "startPeriod"),
        ("/sdmx/v2/data/dataflow/*/*/*/*?c%5BREF_AREA%5D=a&c%5BREF_AREA%5D=b", "c[REF_AREA]"),
    ],
)
def test_one_value_given_twice_is_refused(read_api: Deployment, path: str, name: str) -> None:
    found = read_api.client.get(path)
    assert (found.status_code, found.json()["code"]) == (422, "invalid_parameter")
    (error,) = found.json()["errors"]
    assert error["parameter"] == name
    assert error["message"].endswith("Give it only once.")


def test_one_value_given_twice_stores_nothing(api: Deployment) -> None:
    key = api.key("reporter", "nanshan")
    for query in ("dry_run=true&dry_run=false", "mode=partial&mode=atomic"):
        for path in (f"{CITY}/reports", f"{CITY}/reports/batch"):
            found = api.client.post(f"{path}?{query}", json=report(figure()), headers=key)
            assert found.status_code == 422, path
    assert api.client.get(f"{CITY}/ledger/head", headers=key).json()["revision"] == 1


def test_what_may_be_repeated_is_taken_as_often_as_it_comes(read_api: Deployment) -> None:
    both = "area=nanshan&area=futian&indicator=value_added&period=2024-Q1&period=2024-Q2"
    found = read_api.client.get(f"{CITY}/gaps?{both}").json()["items"]
    places = [(row["area"], row["period"]) for row in found]
    assert sorted(places) == [
        ("futian", "2024-Q1"),
        ("futian", "2024-Q2"),
        ("nanshan", "2024-Q1"),
        ("nanshan", "2024-Q2"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2024-Q3", "2024-Q2", 422),
        ("2025", "2024", 422),
        ("2024-Q4", "2023", 422),
        ("2025", "2024-Q4", 422),
        ("2024", "2024", 200),
        ("2024-Q4", "2024", 200),
        ("2024", "2024-Q1", 200),
        ("2024-Q2", "2024-Q2", 200),
    ],
)
@pytest.mark.parametrize("table", ["gaps", "observations", "reconciliation", "completeness"])
def test_a_range_that_runs_backwards_is_refused(
    read_api: Deployment, table: str, first: str, last: str, status: int
) -> None:
    query = {"start_period": first, "end_period": last}
    found = read_api.client.get(f"{CITY}/{table}", params=query)
    assert found.status_code == status
    if status == 422:
        (error,) = found.json()["errors"]
        assert error["parameter"] == "end_period"
        assert f"no earlier than {first}, the start of the range" in error["message"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("v1/data/{}?startPeriod=2024-Q2&endPeriod=2024-03", "endPeriod"),
        ("v1/data/{}?startPeriod=2024-07-01&endPeriod=2024-06-30", "endPeriod"),
        ("v2/data/dataflow/DABIAO/{}?c%5BTIME_PERIOD%5D=ge:2024%2Ble:2023", "c[TIME_PERIOD]"),
    ],
)
def test_a_range_of_sdmx_that_runs_backwards_is_refused(
    read_api: Deployment, path: str, name: str
) -> None:
    found = read_api.client.get(f"/sdmx/{path.format('CHINA_SOFTWARE_2025_OBS')}")
    assert found.status_code == 422
    assert [each["parameter"] for each in found.json()["errors"]] == [name]
