"""Tickets: with one a browser's EventSource, which sends no header, listens as a key would."""

import logging
from collections.abc import Callable
from datetime import timedelta

import httpx
import httpx2
import pytest

from tests.conftest import Deployment
from tests.serving import NOBODY, Served, serving
from tests.writing import CITY, NATION, figure, head, places, read_tables, submit

TICKETS = f"{CITY}/events/tickets"


def _ticket(deployment: Deployment, headers: dict[str, str]) -> str:
    made = deployment.client.post(TICKETS, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["ticket"])


def _refusal(found: httpx.Response | httpx2.Response) -> tuple[int, str, list[str]]:
    challenges = found.headers.get_list("www-authenticate")
    return found.status_code, found.json()["code"], challenges


def _told(client: httpx.Client, url: str) -> str:
    """The kind and id of the first event."""
    with client.stream("GET", url) as answer:
        assert answer.status_code == 200, answer.read()
        lines = [line for line, _ in zip(answer.iter_lines(), range(6), strict=False)]
    return " ".join(line for line in lines if line.startswith(("event", "id")))


def test_a_ticket_is_good_for_sixty_seconds(deployment: Deployment) -> None:
    made = deployment.client.post(TICKETS, headers=deployment.key("reader"))
    assert made.json().keys() == {"ticket", "expires_at"}
    assert made.json()["expires_at"] == "2026-03-02T01:01:00Z"
    assert made.headers["cache-control"] == "no-store"
    deployment.clock.now += timedelta(seconds=60)
    late = deployment.client.get(f"{CITY}/events", params={"ticket": made.json()["ticket"]})
    assert _refusal(late) == (401, "ticket_invalid", ['Bearer realm="dabiao"'])


def test_with_a_ticket_one_is_told_what_the_key_may_see_and_once(deployment: Deployment) -> None:
    start = head(deployment)["revision"]
    nanshan = deployment.key("reporter", "nanshan")
    submit(deployment, nanshan, figure(value=800))
    tickets = {
        each: _ticket(deployment, deployment.key(*each.split()))
        for each in ("reader", "reporter nanshan")
    }
    address = f"{CITY}/events?since={start}&ticket="
    with (
        serving(deployment.client.app) as url,  # type: ignore[arg-type]
        httpx.Client(base_url=url, timeout=20, trust_env=False, verify=NOBODY) as client,
    ):
        for ticket in tickets.values():
            assert _told(client, address + ticket) == f"event: revision id: {start + 1}"
            # An EventSource that is refused does not come back by itself.
            refused = client.get(address + ticket)
            assert _refusal(refused) == (401, "ticket_invalid", ['Bearer realm="dabiao"'])
            assert ticket not in refused.text
        deployment.client.app.state.stopping.set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("sent", ["", "nonsense", "x" * 5000, "%E8%BE%BE"])
def test_what_is_no_ticket_is_refused(api: Deployment, sent: str) -> None:
    found = api.client.get(f"{CITY}/events?ticket={sent}")
    assert _refusal(found)[:2] == (401, "ticket_invalid")


def test_a_ticket_is_for_one_plan_and_falls_with_its_key(deployment: Deployment) -> None:
    key = deployment.key("reader")
    ticket = _ticket(deployment, key)
    elsewhere = deployment.client.get(f"{NATION}/events", params={"ticket": ticket})
    assert _refusal(elsewhere)[:2] == (401, "ticket_invalid")
    deployment.revoke(key)
    revoked = deployment.client.get(f"{CITY}/events", params={"ticket": ticket})
    assert _refusal(revoked)[:2] == (401, "key_invalid")


def test_who_may_not_listen_gets_no_ticket(deployment: Deployment) -> None:
    client = deployment.client
    assert _refusal(client.post(TICKETS))[:2] == (401, "key_required")
    other = deployment.key("reader", plan="china-software-2025")
    assert _refusal(client.post(TICKETS, headers=other))[:2] == (403, "plan_not_allowed")
    nowhere = "/api/v1/plans/atlantis/events/tickets"
    found = client.post(nowhere, headers=deployment.key("reader"))
    assert _refusal(found)[:2] == (404, "unknown_plan")
    assert client.get(TICKETS).status_code == 405


def test_tickets_are_stored_as_digests_alone_and_removed_when_they_expire(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = deployment.key("reader")
    tickets = [_ticket(deployment, headers | {"Idempotency-Key": "again"}) for _ in range(3)]
    assert len(set(tickets)) == 3
    stored = read_tables(deployment.database)
    assert len(stored["event_ticket"]) == 3
    assert [ticket for ticket in tickets if ticket in str(stored)] == []
    deployment.client.get(f"{CITY}/events?ticket={tickets[0]}&since=&since=")
    # The client that asks writes down what it asks.
    logged = [each.getMessage() for each in caplog.records if not each.name.startswith("httpx")]
    assert [ticket for ticket in tickets if ticket in str(logged)] == []
    deployment.clock.now += timedelta(minutes=2)
    _ticket(deployment, headers)
    assert len(read_tables(deployment.database)["event_ticket"]) == 1


def test_a_ticket_given_twice_is_refused_without_being_shown(api: Deployment) -> None:
    found = api.client.get(f"{CITY}/events?ticket=aaa&ticket=bbb")
    assert found.status_code == 422
    assert [pointer for pointer, _, _ in places(found)] == [None]


def test_a_closed_deployment_opens_to_a_ticket(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    closed = deploy(sqlite_url, read_access="key")
    start = head(closed)["revision"]
    ticket = _ticket(closed, closed.key("reader"))
    with (
        serving(closed.client.app) as url,  # type: ignore[arg-type]
        httpx.Client(base_url=url, timeout=20, trust_env=False, verify=NOBODY) as client,
    ):
        told = _told(client, f"{CITY}/events?since={start + 9}&ticket={ticket}")
        closed.client.app.state.stopping.set()  # type: ignore[attr-defined]
    assert told == f"event: resync id: {start}"


@pytest.mark.parametrize(
    "served", [("sqlite", 2), ("postgres", 2)], indirect=True, ids=["sqlite", "postgres"]
)
def test_one_of_many_processes_takes_a_ticket_that_another_made_and_no_second_one(
    served: Served,
) -> None:
    for _ in range(4):
        with served.client() as client:
            ticket = client.post(TICKETS).json()["ticket"]
        with httpx.Client(
            base_url=served.url, timeout=30, trust_env=False, verify=NOBODY
        ) as client:
            address = f"{CITY}/events?since=&ticket={ticket}"
            statuses = [_status(client, address) for _ in range(3)]
        assert statuses == [200, 401, 401]


def _status(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address, headers={"Connection": "close"}) as answer:
        return answer.status_code
