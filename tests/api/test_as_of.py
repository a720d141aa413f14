"""Answers as they were known then: by revision and by instant, and never changing again."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.reads import CITY, NATION, REVENUE, Row, approve, get_items, get_row, submit
from tests.conftest import NOW, Deployment

HOURS = timedelta(hours=3)
ROW = {"indicator": "value_added", "area": "nanshan", "period": "2024-Q4"}
PATHS = [
    "",
    "/areas",
    "/indicators",
    "/indicators/value_added",
    "/goals",
    "/actions",
    "/units",
    "/targets",
    "/targets/value_added",
    "/overview",
    "/gaps",
    "/gaps?start_period=2022&area=shenzhen&explain=true",
    "/gaps?format=csv",
    "/gaps/value_added?period=2024",
    "/reconciliation?period=2024",
    "/observations?include_history=true",
    "/ledger",
    "/ledger/head",
    "/completeness",
    "/periods",
    "/publications",
    "/reconciliation",
]


def _revision(deployment: Deployment, plan: str = CITY) -> int:
    found: int = deployment.client.get(f"{plan}/ledger/head").json()["revision"]
    return found


def _revise_target(deployment: Deployment, value: int) -> None:
    key = deployment.key("administrator")
    body = {"indicator": "value_added", "value": value, "reason": "raised at the mid-term review"}
    assert deployment.client.post(f"{CITY}/targets", json=body, headers=key).status_code == 201


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_before_a_figure_was_entered_its_row_has_no_actual(reads: Deployment) -> None:
    entries = get_items(reads, f"{NATION}/ledger")
    (entered,) = [e["revision"] for e in entries if e["subject"] == "2025-Q4"]
    query = {"indicator": REVENUE, "area": "china", "period": "2025-Q4"}
    before = get_row(reads, NATION, **query, as_of=entered - 1)
    assert (before["actual"], before["rating"]) == (None, "unable_to_assess")
    assert before["reasons"]["actual"] is not None
    assert get_row(reads, NATION, **query, as_of=entered)["actual"] == 154831
    latest = get_row(reads, NATION, indicator=REVENUE, area="china", as_of=entered - 1)
    assert latest["period"] == "2025-Q1"


def test_an_answer_for_a_revision_never_changes(deployment: Deployment) -> None:
    approve(deployment, submit(deployment, "nanshan", 800))
    revision = _revision(deployment)
    join = {path: "&" if "?" in path else "?" for path in PATHS}
    urls = [f"{CITY}{path}{join[path]}as_of={revision}" for path in PATHS]
    before = {url: deployment.client.get(url) for url in urls}
    reason = "head office moved"
    approve(deployment, submit(deployment, "nanshan", 900, correction_reason=reason))
    submit(deployment, "futian", 100)
    _revise_target(deployment, 4500)
    deployment.clock.now += timedelta(days=400)
    for url, first in before.items():
        again = deployment.client.get(url)
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert again.content == first.content, url
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_figures_targets_and_history_are_those_of_the_revision(deployment: Deployment) -> None:
    client = deployment.client
    start = _revision(deployment)
    approve(deployment, submit(deployment, "nanshan", 800))
    first = _revision(deployment)
    approve(deployment, submit(deployment, "nanshan", 900, correction_reason="recount"))
    _revise_target(deployment, 4500)
    assert get_row(deployment, CITY, **ROW, as_of=start)["actual"] is None
    # The first report is known from its submission on, and official from its approval on.
    assert get_row(deployment, CITY, **ROW, as_of=start + 1)["actual"] is None
    assert get_row(deployment, CITY, **ROW, as_of=first)["actual"] == 800
    assert get_row(deployment, CITY, **ROW)["actual"] == 900
    then = client.get(f"{CITY}/targets/value_added", params={"as_of": first}).json()
    now = client.get(f"{CITY}/targets/value_added").json()
    assert (then["target"], [each["value"] for each in then["history"]]) == (4200, [4200])
    assert (now["target"], [each["value"] for each in now["history"]]) == (4500, [4200, 4500])
    head = client.get(f"{CITY}/ledger/head", params={"as_of": first}).json()
    assert head["revision"] == first
    assert len(get_items(deployment, f"{CITY}/ledger", as_of=first)) == first


def test_an_instant_is_the_newest_revision_until_then(deployment: Deployment) -> None:
    moments = [NOW + timedelta(days=day) for day in (1, 2, 3)]
    for moment, value in zip(moments, (700, 800, 900), strict=True):
        deployment.clock.now = moment
        reason = None if value == 700 else "recount"
        approve(deployment, submit(deployment, "nanshan", value, correction_reason=reason))
    second = timedelta(seconds=1)
    cases = [
        (_at(NOW), None),
        (_at(moments[0] - second), None),
        (_at(moments[0]), 700),
        (_at(moments[1] - second), 700),
        (_at(moments[1] + timedelta(microseconds=1)), 800),
        (_at(moments[2]), 900),
        ((moments[1] + timedelta(hours=8)).isoformat().replace("+00:00", "+08:00"), 800),
    ]
    for instant, expected in cases:
        assert get_row(deployment, CITY, **ROW, as_of=instant)["actual"] == expected, instant


def test_a_day_is_its_end_in_shanghai(deployment: Deployment) -> None:
    midnight = datetime(2026, 3, 3, 16, tzinfo=UTC)
    times = {700: midnight - timedelta(microseconds=1), 800: midnight, 900: midnight + HOURS}
    for value, moment in times.items():
        deployment.clock.now = moment
        reason = None if value == 700 else "recount"
        approve(deployment, submit(deployment, "nanshan", value, correction_reason=reason))
    deployment.clock.now = midnight + timedelta(days=1)
    for day, expected in {"2026-03-02": None, "2026-03-03": 700, "2026-03-04": 900}.items():
        assert get_row(deployment, CITY, **ROW, as_of=day)["actual"] == expected, day
    portfolio = get_items(deployment, "/api/v1/plans", as_of="2026-03-03")
    assert {each["plan"]: each["revision"] for each in portfolio}["shenzhen-software-2025"] == 3
    sdmx = "/sdmx/v2/data/dataflow/DABIAO/SHENZHEN_SOFTWARE_2025_OBS?asOf={}"
    rows = [deployment.client.get(sdmx.format(day)).text for day in ("2026-03-03", "2026-03-04")]
    assert [[str(value) in row for value in times] for row in rows] == [
        [True, False, False],
        [False, False, True],
    ]
    assert deployment.client.get("/sdmx/v2/structure?asOf=2026-03-03").status_code == 200
    found = deployment.client.get(f"{CITY}/diff?from=2026-03-03&to=2026-03-04").json()
    assert [(each["before"], each["after"]) for each in found["figures"]] == [(700, 900)]


def test_the_state_of_deadlines_on_a_day_is_that_of_the_day(deployment: Deployment) -> None:
    deployment.clock.now = NOW + timedelta(days=30)
    found = deployment.client.get(f"{NATION}/completeness", params={"as_of": "2026-03-05"})
    assert found.json()["day"] == "2026-03-05"
    assert found.headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-03-02", "This day is not over in Asia/Shanghai."),
        ("2026-03-03", "It is in the future."),
        ("2026-03-01", "The plan did not exist then."),
        ("2026-02-30", "It is neither a revision, an instant, a day nor"),
        ("9999-12-31", "It is in the future."),
        ("0000-01-01", "It is neither a revision, an instant, a day nor"),
        ("2026-3-1", "It is neither a revision, an instant, a day nor"),
    ],
)
def test_a_day_without_an_answer_is_refused_with_the_reason(
    reads: Deployment, day: str, reason: str
) -> None:
    found = reads.client.get(f"{CITY}/gaps", params={"as_of": day})
    assert (found.status_code, found.json()["code"]) == (422, "invalid_as_of")
    assert reason in found.json()["detail"]


def test_an_answer_for_an_instant_is_not_called_immutable(reads: Deployment) -> None:
    found = reads.client.get(f"{CITY}/gaps", params={"as_of": _at(NOW)})
    assert found.headers["cache-control"] == "public, no-cache"


def test_an_answer_for_a_revision_with_a_key_is_kept_by_the_client_alone(
    read_api: Deployment,
) -> None:
    key = read_api.key("reader")
    query: Row = {"as_of": 1, "view": "provisional"}
    found = read_api.client.get(f"{CITY}/gaps", params=query, headers=key)
    assert found.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert "Authorization" in found.headers["vary"]


@pytest.mark.parametrize(
    "as_of",
    [
        "0",
        "2",
        "999999999",
        "99999999999999999999",
        "-1",
        "1.0",
        "1 ",
        "１",  # noqa: RUF001 - a full-width digit
        "²",
        "",
        "latest",
        "2026-03-02",
        "2026-03-02T01:00:00",
        "2026-03-02 01:00:00Z",
        "2026-03-02T01:00Z",
        "20260302T010000Z",
        "2026-W10-1T01:00:00Z",
        "2026-02-30T01:00:00Z",
        "2026-03-02T01:00:00+99:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-03-02T01:00:01Z",
        "2026-03-01T01:00:00Z",
        "2021-11-30T00:00:00Z",
    ],
)
def test_the_future_the_time_before_the_plan_and_what_is_no_time_are_refused(
    reads: Deployment, as_of: str
) -> None:
    for path in (CITY, f"{CITY}/gaps", f"{CITY}/ledger/head"):
        found = reads.client.get(path, params={"as_of": as_of})
        assert found.status_code == 422, found.text
        assert found.json()["code"] == "invalid_as_of"
        assert found.headers["cache-control"] == "no-store"


def test_an_instant_that_is_too_long_is_refused_by_name(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/gaps", params={"as_of": "1" * 65})
    assert [error["parameter"] for error in found.json()["errors"]] == ["as_of"]


def test_the_portfolio_takes_instants_only(deployment: Deployment) -> None:
    client = deployment.client
    for as_of in ("1", "999", "yesterday"):
        found = client.get("/api/v1/plans", params={"as_of": as_of})
        assert (found.status_code, found.json()["code"]) == (422, "invalid_as_of")
    deployment.clock.now += timedelta(days=1)
    approve(deployment, submit(deployment, "nanshan", 800))
    revisions = {each["plan"]: each["revision"] for each in get_items(deployment, "/api/v1/plans")}
    then = get_items(deployment, "/api/v1/plans", as_of=_at(NOW))
    city = "shenzhen-software-2025"
    assert {each["plan"]: each["revision"] for each in then} == {**revisions, city: 1}
    assert revisions[city] == 3
    before = client.get("/api/v1/plans", params={"as_of": "2020-01-01T00:00:00Z"})
    assert before.status_code == 422


def test_what_is_recorded_never_goes_back_though_the_clock_may(deployment: Deployment) -> None:
    deployment.clock.now = NOW - timedelta(days=30)
    approve(deployment, submit(deployment, "nanshan", 800))
    moments = [entry["recorded_at"] for entry in get_items(deployment, f"{CITY}/ledger")]
    assert moments == [_at(NOW)] * 3
    # The newest state stays readable by the instant that it says itself.
    assert get_row(deployment, CITY, **ROW, as_of=moments[-1])["actual"] == 800
