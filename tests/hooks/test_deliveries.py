"""Messages reach a receiver that fails, hangs and comes back: in order, at least once, bounded."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app.cli.commands import main
from app.courier import Courier
from app.edge import post as posting
from app.schemas.hooks.inputs import HookFormat
from app.services.access.keys import Role
from app.services.hooks.addresses import is_public
from app.services.hooks.deliveries import take_lease
from app.tables import Delivery
from tests.conftest import NOW, Deployment
from tests.hooks.receiver import Receiver, receiving
from tests.hooks.sending import courier_of, create, deliver, go
from tests.serving import serve_on, serving
from tests.writing import CITY

DAY = 24 * 3600


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _publish(deployment: Deployment, *names: str) -> None:
    headers = deployment.key("administrator")
    for name in names:
        body = {"name": name}
        answer = deployment.client.post(f"{CITY}/publications", json=body, headers=headers)
        assert answer.status_code == 201


def _listed(deployment: Deployment) -> Any:
    headers = deployment.key("administrator")
    (found,) = deployment.client.get(f"{CITY}/hooks", headers=headers).json()["items"]
    return found


def _counts(deployment: Deployment) -> tuple[int, int, int, str | None]:
    found = _listed(deployment)
    return (found["pending"], found["delivered"], found["failed"], found["last_error"])


def _names(receiver: Receiver) -> list[str]:
    return [each.json["data"]["name"] for each in receiver.got]


def test_what_is_refused_is_sent_again_first_and_with_the_same_id(
    deployment: Deployment, receiver: Receiver
) -> None:
    hook = create(deployment, receiver.url, ["published"])
    receiver.status = 500
    _publish(deployment, "one", "two")
    deliver(deployment)
    assert (_names(receiver), _counts(deployment)) == (["one"], (2, 0, 0, "http_500"))
    # Not before five seconds have passed.
    deliver(deployment, after=4)
    assert len(receiver.got) == 1
    deliver(deployment, after=1)
    receiver.status = 204
    deliver(deployment, after=30)
    assert _names(receiver) == ["one", "one", "one", "two"]
    assert _counts(deployment) == (0, 2, 0, None)
    ids = [each.headers["webhook-id"] for each in receiver.got]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    times = [int(each.headers["webhook-timestamp"]) for each in receiver.got]
    assert [each - times[0] for each in times] == [0, 5, 35, 35]
    assert len({each.body for each in receiver.got[:3]}) == 1
    assert all(each.is_signed_with(hook["secret"]) for each in receiver.got)


@pytest.mark.parametrize("asked", ["90", "Mon, 02 Mar 2026 01:01:30 GMT"])
def test_a_receiver_that_asks_for_time_is_left_alone_for_so_long(
    api: Deployment, receiver: Receiver, asked: str
) -> None:
    """Without its word the second attempt would come after five seconds."""
    create(api, receiver.url, ["published"])
    receiver.status, receiver.retry_after = 429, asked
    _publish(api, "one")
    deliver(api)
    assert _counts(api) == (1, 0, 0, "http_429")
    receiver.status = 204
    deliver(api, after=89)
    assert len(receiver.got) == 1
    deliver(api, after=1)
    assert (len(receiver.got), _counts(api)) == (2, (0, 1, 0, None))


@pytest.mark.parametrize("asked", ["0", "2", "soon", "-5", "Mon, 02 Mar 2020 01:01:30 GMT", "1.5"])
def test_what_asks_for_less_or_for_nothing_changes_no_pause(
    api: Deployment, receiver: Receiver, asked: str
) -> None:
    create(api, receiver.url, ["published"])
    receiver.status, receiver.retry_after = 503, asked
    _publish(api, "one")
    for after, count in ((0, 1), (4, 1), (1, 2)):
        deliver(api, after=after)
        assert len(receiver.got) == count


def test_who_asks_for_more_than_a_day_gets_a_last_attempt_when_it_is_over(
    api: Deployment, receiver: Receiver
) -> None:
    create(api, receiver.url, ["published"])
    receiver.status, receiver.retry_after = 503, "9" * 30
    _publish(api, "one")
    deliver(api)
    deliver(api, after=24 * 60 * 60 - 1)
    assert (len(receiver.got), _counts(api)) == (1, (1, 0, 0, "http_503"))
    deliver(api, after=1)
    assert (len(receiver.got), _counts(api)) == (2, (0, 0, 1, "http_503"))


def test_after_a_day_a_message_is_given_up_and_seen(
    deployment: Deployment, receiver: Receiver
) -> None:
    create(deployment, receiver.url, ["published"])
    receiver.status = 503
    _publish(deployment, "one")
    courier, waited = courier_of(deployment), []
    for _ in range(60):
        before = len(receiver.got)
        deliver(deployment, courier, after=1800)
        waited += [len(receiver.got) - before]
        if deployment.clock.now - NOW >= timedelta(days=1):
            break
    # Looked at every half hour: at first at each look, in the end at every fourth.
    assert sum(waited) == 17
    assert len(waited) == 48
    assert _counts(deployment) == (0, 0, 1, "http_503")
    receiver.status = 204
    _publish(deployment, "two")
    deliver(deployment, courier)
    assert _names(receiver)[-1] == "two"
    assert _counts(deployment) == (0, 1, 1, "http_503")
    environment = {"DABIAO_DATABASE_URL": deployment.database.url}
    said = CliRunner().invoke(main, ["doctor"], env=environment).stdout
    assert "Web hook messages that could not be delivered: 1." in said


def test_a_message_that_waited_behind_others_for_a_day_is_tried_at_least_once(
    api: Deployment, receiver: Receiver
) -> None:
    create(api, receiver.url, ["published"])
    receiver.status = 500
    _publish(api, "one", "two")
    deliver(api)
    deliver(api, after=DAY)
    deliver(api)
    assert _names(receiver) == ["one", "one", "two"]
    assert _counts(api)[:3] == (0, 0, 2)


def test_a_receiver_that_hangs_costs_its_time_limit_and_no_other_hook_anything(
    api: Deployment, receiver: Receiver
) -> None:
    create(api, f"{receiver.url}&slow", ["published"])
    receiver.is_hanging = True
    _publish(api, "one")
    with receiving() as other:
        create(api, other.url, ["published"])
        _publish(api, "two")
        courier = courier_of(api, seconds=6)

        async def work() -> float:
            began = time.monotonic()
            await courier.go_round()
            await asyncio.to_thread(other.wait_for, 1)
            took = time.monotonic() - began
            # Meanwhile nobody holds the lock: a write is carried out at once.
            await asyncio.to_thread(_publish, api, "three")
            assert len(receiver.got) == 1
            await courier.finish()
            return took

        assert asyncio.run(work()) < 5
        headers = api.key("administrator")
        listed = api.client.get(f"{CITY}/hooks", headers=headers).json()["items"]
    errors = {each["url"]: each["last_error"] for each in listed}
    assert errors == {f"{receiver.url}&slow": "timed_out", other.url: None}
    receiver.is_hanging = False
    deliver(api, courier, after=5)
    assert _names(receiver) == ["one", "one", "two", "three"]


@contextmanager
def _talking(answer: bytes, pause: float = 0) -> Iterator[str]:
    """A server of one connection that answers with these bytes, with pauses between them."""
    stopping = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        line, _ = listening.accept()
        with line:
            # To close on what was not read would reset the connection.
            got = b""
            while not got.endswith(b"\r\n\r\n{}"):
                got += line.recv(65536)
            for part in [answer] if not pause else [answer[i : i + 1] for i in range(len(answer))]:
                if stopping.wait(pause):
                    return
                try:
                    line.sendall(part)
                except OSError:
                    return

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        stopping.set()
        thread.join()
        listening.close()


def _letter(url: str, **changed: Any) -> posting.Letter:
    return posting.Letter(
        **{
            "url": url,
            "message_id": "msg_1",
            "timestamp": 1,
            "body": b"{}",
            "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "format": HookFormat.STANDARD,
            **changed,
        }
    )


def _post(url: str, *, seconds: float = 5, reaches_any: bool = True, **changed: Any) -> str | None:
    letter = _letter(url, **changed)
    refusal = asyncio.run(posting.post(letter, reaches_any=reaches_any, seconds=seconds))
    return None if refusal is None else refusal.code


def test_a_signature_is_that_of_the_specification() -> None:
    # The example of Standard Webhooks, computed with its reference library.
    letter = _letter(
        "https://example.org/",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert posting.sign(letter) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("answer", "pause", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, None),
        (b"HTTP/1.1 202 Accepted\r\n\r\n", 0, None),
        (b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 0, None),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, 0, None),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, "http_404"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, 0, "not_http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 0, "not_http"),
        (b"", 0, "not_http"),
        (b"HTTP/1.1 200 OK\r\nX: drip by drip", 0.2, "timed_out"),
    ],
)
def test_an_answer_is_taken_by_its_status_and_within_bounds(
    answer: bytes, pause: float, error: str | None
) -> None:
    with _talking(answer, pause) as url:
        began = time.monotonic()
        assert _post(url, seconds=1) == error
        assert time.monotonic() - began < 3


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = 307, elsewhere.url
        assert _post(receiver.url) == "http_307"
        assert elsewhere.got == []


def test_nobody_listening_and_no_such_name_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert _post(f"http://127.0.0.1:{port}/") == "not_connected"
    assert _post("http://dabiao.invalid/") == "not_found"
    assert _post(f"http://{'a' * 70}.invalid/") == "not_found"


def test_a_receiver_that_speaks_no_tls_is_told(receiver: Receiver) -> None:
    assert _post(receiver.url.replace("http:", "https:")) == "tls_failed"


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost:{port}/",
        "https://127.0.0.1:{port}/",
        "https://127.1:{port}/",
        "https://2130706433:{port}/",
        "https://0x7f000001:{port}/",
        "https://0:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "http://example.org/",
    ],
)
def test_a_private_address_is_not_even_connected_to(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        port = listening.getsockname()[1]
        assert _post(url.format(port=port), reaches_any=False) == "address_not_allowed"
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),  # noqa: S104 - that is what is refused
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b::10.0.0.1", False),
        ("2002:0a00:0001::1", False),
        ("::ffff:192.168.0.1", False),
    ],
)
def test_only_hosts_of_the_public_internet_are_public(address: str, *, is_allowed: bool) -> None:
    assert is_public(address) is is_allowed


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A name server that gives another answer each time, as an attacker's does.
    asked = []

    def rebind(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected = []

    async def connect(host: str, port: int, **options: Any) -> Any:
        connected.append((host, port, options["server_hostname"]))
        raise OSError

    monkeypatch.setattr(posting, "getaddrinfo", rebind)
    monkeypatch.setattr(asyncio, "open_connection", connect)
    assert _post("https://rebinding.example:8443/", reaches_any=False) == "not_connected"
    assert (asked, connected) == (
        ["rebinding.example"],
        [("8.8.8.8", 8443, "rebinding.example")],
    )


def test_one_process_delivers_at_a_time_and_another_takes_over(
    deployment: Deployment, receiver: Receiver
) -> None:
    create(deployment, receiver.url, ["published"])
    _publish(deployment, "one")
    with deployment.database.write_transaction() as session:
        assert take_lease(session, "another process", now=deployment.clock())
    courier = courier_of(deployment)
    deliver(deployment, courier, after=59)
    assert receiver.got == []
    deliver(deployment, courier, after=1)
    assert _names(receiver) == ["one"]
    with deployment.database.write_transaction() as session:
        assert not take_lease(session, "another process", now=deployment.clock())


def test_a_lease_of_a_clock_that_was_wrong_is_no_lease(api: Deployment, receiver: Receiver) -> None:
    create(api, receiver.url, ["published"])
    _publish(api, "one")
    with api.database.write_transaction() as session:
        take_lease(session, "another process", now=api.clock() + timedelta(days=400))
    deliver(api)
    assert _names(receiver) == ["one"]


def test_several_couriers_at_once_post_each_message_once(
    deployment: Deployment, receiver: Receiver
) -> None:
    create(deployment, receiver.url, ["published"])
    _publish(deployment, "one", "two", "three")
    couriers = [courier_of(deployment) for _ in range(4)]
    threads = [threading.Thread(target=asyncio.run, args=(go(each),)) for each in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _names(receiver) == ["one", "two", "three"]


def test_a_hanging_receiver_delays_neither_requests_nor_the_end(
    api: Deployment, receiver: Receiver
) -> None:
    create(api, receiver.url, ["published"])
    receiver.is_hanging = True
    _publish(api, "one")
    courier = Courier(api.database, clock=api.clock, reaches_any=True)
    courier.start()
    receiver.wait_for(1)
    began = time.monotonic()
    _publish(api, "two")
    courier.close()
    assert time.monotonic() - began < 2
    with api.database.read_session() as session:
        found = session.exec(select(Delivery.status, Delivery.attempts)).all()
    assert found == [("pending", 0), ("pending", 0)]
    receiver.is_hanging = False
    deliver(api)
    assert _names(receiver) == ["one", "one", "two"]


def test_the_program_with_two_workers_posts_once_what_it_was_told_to(
    sqlite_url: str, receiver: Receiver
) -> None:
    allowed = {"DABIAO_HOOK_ADDRESSES": "any"}
    with (
        serve_on(sqlite_url, Role.ADMINISTRATOR, workers=2, environment=allowed) as served,
        served.client() as client,
    ):
        body = {"url": receiver.url, "events": ["published"]}
        made = client.post(f"{CITY}/hooks", json=body)
        assert made.status_code == 201, made.text
        for name in ("one", "two", "three"):
            assert client.post(f"{CITY}/publications", json={"name": name}).is_success
        receiver.wait_for(3)
        until = time.monotonic() + 20
        while (listed := client.get(f"{CITY}/hooks").json()["items"])[0]["pending"]:
            assert time.monotonic() < until
            time.sleep(0.1)
    assert _names(receiver) == ["one", "two", "three"]
    assert [(each["pending"], each["delivered"]) for each in listed] == [(0, 3)]
    assert all(each.is_signed_with(made.json()["secret"]) for each in receiver.got)


def test_a_deployment_that_serves_begins_to_deliver_by_itself(
    api: Deployment, receiver: Receiver
) -> None:
    create(api, receiver.url, ["published"])
    _publish(api, "one")
    app: Any = api.client.app
    app.state.courier = courier_of(api)
    with serving(app) as url:
        receiver.wait_for(1)
        assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    assert _names(receiver) == ["one"]
