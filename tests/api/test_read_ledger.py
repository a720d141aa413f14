"""The ledger holds all: its chain is recomputed here, and every version of a figure is in it."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.reads import CITY, NATION, Row, approve, get_items, submit
from tests.conftest import NOW, Deployment

CHAINED = ("revision", "actor", "action", "subject", "payload")


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _chain(plan: str, entries: list[Row]) -> list[str]:
    """The digest of each entry, from the rows alone, as api and README describe it."""
    digest, digests = "0" * 64, []
    for entry in entries:
        moment = datetime.fromisoformat(entry["recorded_at"])
        content = {name: entry[name] for name in CHAINED}
        content |= {"plan": plan, "recorded_at": moment.isoformat()}
        digest = _sha256(digest + _canonical(content))
        digests.append(digest)
    return digests


def _correct_twice(deployment: Deployment) -> None:
    """Two official versions of one figure, a day apart, and one that waits."""
    approve(deployment, submit(deployment, "nanshan", 812.4))
    deployment.clock.now = NOW + timedelta(days=1, microseconds=250)
    approve(deployment, submit(deployment, "nanshan", 820, correction_reason="recount"))
    deployment.clock.now = NOW + timedelta(days=2)
    submit(deployment, "futian", 77)


@pytest.mark.parametrize("plan", ["china-software-2025", "shenzhen-software-2025"])
def test_the_chain_of_digests_follows_from_the_rows(deployment: Deployment, plan: str) -> None:
    if plan.startswith("shenzhen"):
        _correct_twice(deployment)
    path, key = f"/api/v1/plans/{plan}", deployment.key("reader")
    found = deployment.client.get(f"{path}/ledger", headers=key, params={"limit": 1000}).json()
    entries = found["items"]
    assert [entry["revision"] for entry in entries] == list(range(1, found["total"] + 1))
    assert [entry["digest"] for entry in entries] == _chain(plan, entries)
    head = deployment.client.get(f"{path}/ledger/head", headers=key).json()
    assert head == {
        "plan": plan,
        "revision": entries[-1]["revision"],
        "digest": entries[-1]["digest"],
        "recorded_at": entries[-1]["recorded_at"],
    }


def test_the_reports_of_an_entry_match_the_digests_in_its_payload(deployment: Deployment) -> None:
    _correct_twice(deployment)
    entries = get_ledger(deployment, deployment.key("reader"))
    submissions = [entry for entry in entries if entry["action"] == "submit"]
    assert len(submissions) == 3
    for entry in submissions:
        assert [_sha256(_canonical(part)) for part in entry["parts"]] == entry["payload"]["parts"]
    values = [part["figures"][0]["value"] for entry in submissions for part in entry["parts"]]
    assert values == ["812.4", "820", "77"]


def get_ledger(deployment: Deployment, key: Row) -> list[Row]:
    """Every entry of the city's ledger, as the key sees it."""
    found = deployment.client.get(f"{CITY}/ledger", headers=key, params={"limit": 1000})
    return [dict(entry) for entry in found.json()["items"]]


def test_the_public_ledger_says_who_did_what_and_shows_no_submission(
    deployment: Deployment,
) -> None:
    _correct_twice(deployment)
    whole = get_ledger(deployment, deployment.key("administrator"))
    shown = get_ledger(deployment, {})
    seen_by_a_reporter = get_ledger(deployment, deployment.key("reporter", "luohu"))
    # What waits for a decision is no news for the public.
    assert [entry["revision"] for entry in whole] == [1, 2, 3, 4, 5, 6]
    assert shown == seen_by_a_reporter[:5]
    for public, full in zip(seen_by_a_reporter, whole, strict=True):
        for name in ("revision", "recorded_at", "action", "digest"):
            assert public[name] == full[name]
        if public["action"] == "submit":
            assert (public["payload"], public["parts"]) == (None, None)
    actors = [(entry["actor"], entry["action"]) for entry in seen_by_a_reporter[1:]]
    # Who submitted for which area is for those who may see it.
    assert actors == [
        (None, "submit"),
        ("city-office", "approve"),
        (None, "submit"),
        ("city-office", "approve"),
        (None, "submit"),
    ]
    assert "812.4" not in json.dumps(seen_by_a_reporter)
    assert "nanshan 2024-Q4" not in json.dumps(seen_by_a_reporter)


def test_a_reporter_sees_in_the_ledger_who_submitted_for_its_own_areas(
    deployment: Deployment,
) -> None:
    _correct_twice(deployment)
    seen = get_ledger(deployment, deployment.key("reporter", "nanshan"))
    assert [
        (entry["actor"], entry["subject"]) for entry in seen if entry["action"] == "submit"
    ] == [
        ("nanshan", "nanshan 2024-Q4"),
        ("nanshan", "nanshan 2024-Q4"),
        (None, None),
    ]
    one = deployment.client.get(f"{CITY}/ledger/6", headers=deployment.key("reporter", "nanshan"))
    assert (one.json()["actor"], one.json()["subject"], one.json()["payload"]) == (None, None, None)


def test_the_public_cannot_ask_about_what_only_waits(deployment: Deployment) -> None:
    """Before a decision nobody without a key can tell whether a district has submitted."""
    client = deployment.client
    deployment.clock.now = NOW + timedelta(days=1)
    asked = [*range(1, 5), "2026-03-02T01:00:00Z", "2026-03-02", "2026-03-03T01:00:00Z", "no"]
    paths = [f"{CITY}/{path}" for path in ("gaps", "ledger", "ledger/head", "overview", "diff")]
    urls = [
        f"{path}?{'from' if 'diff' in path else 'as_of'}={at}" for path in paths for at in asked
    ]
    urls += ["/api/v1/plans?as_of=2026-03-03T01:00:00Z", f"{CITY}/ledger/2", f"{CITY}/ledger/3"]
    before = {url: client.get(url) for url in urls}
    submit(deployment, "nanshan", 812.4)
    submit(deployment, "futian", 77)
    for url, first in before.items():
        again = client.get(url)
        assert (again.status_code, again.content) == (first.status_code, first.content), url
    # Whoever has a key quotes the newest revision at once.
    key = deployment.key("reader")
    assert client.get(f"{CITY}/gaps?as_of=3", headers=key).status_code == 200


def test_published_figures_entered_period_by_period(reads: Deployment) -> None:
    entries = get_items(reads, f"{NATION}/ledger")
    assert entries[0]["action"] == "define"
    periods = [entry["subject"] for entry in entries[1:]]
    assert periods == sorted(periods)
    assert (periods[0], periods[-1]) == ("2020-Q3", "2025-Q4")
    assert {entry["actor"] for entry in entries} == {
        "Ministry of Industry and Information Technology"
    }


def test_observations_are_the_newest_and_with_history_all_versions(deployment: Deployment) -> None:
    _correct_twice(deployment)
    path = f"{CITY}/observations"
    (newest,) = get_items(deployment, path)
    assert (newest["value"], newest["revision"], newest["valid_to_revision"]) == (820, 5, None)
    first, second = get_items(deployment, path, include_history="true")
    assert second == newest
    assert (first["value"], first["revision"]) == (812.4, 3)
    assert (first["valid_from_revision"], first["valid_to_revision"]) == (3, 4)
    assert first["recorded_by"] == "city-office"
    assert first["report"] != second["report"]
    assert first["source"] == {"publisher": "nanshan"}


def test_history_as_of_a_revision_ends_there(deployment: Deployment) -> None:
    _correct_twice(deployment)
    path = f"{CITY}/observations"
    (row,) = get_items(deployment, path, include_history="true", as_of=4)
    assert (row["value"], row["valid_to_revision"]) == (812.4, None)


@pytest.mark.parametrize(
    ("after", "values"),
    [
        ("0", [812.4, 820]),
        ("2", [812.4, 820]),
        ("3", [820]),
        ("5", []),
        ("99999999999999999999", []),
        ("2026-03-02T00:59:59Z", [812.4, 820]),
        ("2026-03-02T01:00:00Z", [820]),
        ("2026-03-03T01:00:00Z", [820]),
        ("2026-03-03T01:00:00.000250Z", []),
        ("2026-03-02T09:00:00+08:00", [820]),
    ],
)
def test_updates_after_a_revision_or_instant(
    deployment: Deployment, after: str, values: list[float]
) -> None:
    _correct_twice(deployment)
    query = {"include_history": "true", "updated_after": after}
    found = get_items(deployment, f"{CITY}/observations", **query)
    assert [row["value"] for row in found] == values


@pytest.mark.parametrize("after", ["yesterday", "2026-03-02", "-1", "1.5", "", "²"])
def test_updates_after_what_is_no_time_are_refused(read_api: Deployment, after: str) -> None:
    found = read_api.client.get(f"{CITY}/observations", params={"updated_after": after})
    assert found.status_code == 422
    assert [error["parameter"] for error in found.json()["errors"]] == ["updated_after"]


def test_every_version_says_who_why_and_until_when(deployment: Deployment) -> None:
    approve(deployment, submit(deployment, "nanshan", 800))
    approve(deployment, submit(deployment, "nanshan", 900, correction_reason="two firms missing"))
    gone: Any = {"missing_reason": "withheld", "unit": None, "basis": None}
    approve(deployment, submit(deployment, "nanshan", None, correction_reason="secret", **gone))
    submit(deployment, "nanshan", 950, correction_reason="not secret any more")
    query = {"area": "nanshan", "include_history": "true"}
    rows = get_items(deployment, f"{CITY}/observations", **query)
    assert [(row["value"], row["missing_reason"], row["correction_reason"]) for row in rows] == [
        (800, None, None),
        (900, None, "two firms missing"),
        (None, "withheld", "secret"),
    ]
    assert {row["recorded_by"] for row in rows} == {"city-office"}
    ends = [row["valid_to_revision"] for row in rows]
    begins = [row["valid_from_revision"] for row in rows]
    # Without a hole: each holds up to the revision before the next one.
    assert ends == [begins[1] - 1, begins[2] - 1, None]
    # What was taken back is told to whoever asks for what is new.
    new = get_items(deployment, f"{CITY}/observations", updated_after=begins[1])
    assert [(row["value"], row["missing_reason"]) for row in new] == [(None, "withheld")]
    reader = deployment.key("reader")
    seen = deployment.client.get(
        f"{CITY}/observations", params={"view": "provisional"}, headers=reader
    ).json()["items"]
    waiting = [row["correction_reason"] for row in seen if row["provisional"]]
    assert waiting == ["not secret any more"]


@pytest.mark.parametrize(
    ("as_of", "updated_after", "status"),
    [
        ("4", "5", 422),
        ("4", "4", 200),
        ("2026-03-02T01:00:00Z", "2026-03-02T01:00:01Z", 422),
        ("2026-03-02T01:00:00Z", "2026-03-02T01:00:00Z", 200),
        ("4", "2026-03-02T01:00:01Z", 422),
    ],
)
def test_what_is_new_after_the_time_that_is_asked_about_is_no_question(
    read_api: Deployment, as_of: str, updated_after: str, status: int
) -> None:
    query = {"as_of": as_of, "updated_after": updated_after}
    answer = read_api.client.get(f"{NATION}/observations", params=query)
    assert answer.status_code == status
    if status == 422:
        (error,) = answer.json()["errors"]
        assert error["parameter"] == "updated_after"
        assert "Nothing can have changed" in error["message"]
