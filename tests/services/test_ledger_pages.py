"""A page of the ledger costs what the page holds: what is large is given by its size."""

import hashlib
import json

import pytest

from app.services.ledger import rows
from tests.api.reads import CITY, NATION, approve, submit
from tests.conftest import Deployment


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.fixture
def _little_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "SHOWN_WHOLE", 200)


@pytest.mark.usefixtures("_little_is_large")
def test_a_large_payload_is_listed_by_size_and_given_whole_by_its_entry(
    deployment: Deployment,
) -> None:
    listed = deployment.client.get(f"{NATION}/ledger", params={"limit": 2, "offset": 1}).json()
    whole = [
        deployment.client.get(f"{NATION}/ledger/{row['revision']}").json()
        for row in listed["items"]
    ]

    assert [row["revision"] for row in listed["items"]] == [2, 3]
    for row, entry in zip(listed["items"], whole, strict=True):
        figures = entry["payload"]["observations"]
        size = len(_canonical(entry["payload"]).encode())
        assert row == {**entry, "payload": {"omitted": {"size": size, "count": len(figures)}}}


@pytest.mark.usefixtures("_little_is_large")
def test_large_reports_are_listed_by_size_and_match_their_digests_in_the_entry(
    deployment: Deployment,
) -> None:
    approve(deployment, submit(deployment, "nanshan", 812.4))
    key = deployment.key("reader")
    listed = deployment.client.get(f"{CITY}/ledger", headers=key, params={"offset": 1}).json()
    entry = deployment.client.get(f"{CITY}/ledger/2", headers=key).json()

    texts = [_canonical(part) for part in entry["parts"]]
    assert listed["items"][0]["parts"] == [
        {"omitted": {"count": 1, "size": sum(len(text.encode()) for text in texts)}}
    ]
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    assert entry["payload"]["parts"] == digests


@pytest.mark.usefixtures("_little_is_large")
def test_a_large_entry_still_tells_what_it_restated(deployment: Deployment) -> None:
    approve(deployment, submit(deployment, "nanshan", 812.4))
    administrator = deployment.key("administrator")
    deployment.client.post(f"{CITY}/publications", json={"name": "first"}, headers=administrator)
    approve(deployment, submit(deployment, "nanshan", 820, correction_reason="recount"))

    row = deployment.client.get(f"{CITY}/ledger", params={"offset": 5}).json()["items"][0]

    assert set(row["payload"]) == {"omitted"}
    assert row["restatement"]["publications"] == ["first"]
    (figure,) = row["restatement"]["figures"]
    assert (figure["before"], figure["after"]) == (812.4, 820)


def test_a_small_entry_is_the_same_in_the_list_and_alone(deployment: Deployment) -> None:
    (listed,) = deployment.client.get(f"{CITY}/ledger").json()["items"]

    assert deployment.client.get(f"{CITY}/ledger/1").json() == listed


@pytest.mark.parametrize(("revision", "status"), [("2", 404), ("0", 422), ("x", 422)])
def test_an_entry_that_is_not_there_is_refused(
    deployment: Deployment, revision: str, status: int
) -> None:
    answer = deployment.client.get(f"{CITY}/ledger/{revision}")

    assert answer.status_code == status


def test_who_waits_for_a_decision_is_no_entry_of_the_public_ledger(
    deployment: Deployment,
) -> None:
    submit(deployment, "nanshan", 812.4)

    assert deployment.client.get(f"{CITY}/ledger/2").status_code == 404
    seen = deployment.client.get(f"{CITY}/ledger/2", headers=deployment.key("reporter", "futian"))
    assert (seen.json()["payload"], seen.json()["parts"]) == (None, None)


def test_the_last_page_of_a_ledger_has_no_next(deployment: Deployment) -> None:
    path = f"{NATION}/ledger"
    total = deployment.client.get(path, params={"limit": 1}).json()["total"]
    page = deployment.client.get(path, params={"limit": 5, "offset": total - 2}).json()

    assert [row["revision"] for row in page["items"]] == [total - 1, total]
    assert page["next"] is None


def test_a_ledger_may_be_read_from_its_end(deployment: Deployment) -> None:
    page = deployment.client.get(
        f"{NATION}/ledger", params={"sort": "-revision", "limit": 2}
    ).json()

    assert [row["revision"] for row in page["items"]] == [page["total"], page["total"] - 1]
