"""A database that is gone, silent, locked, read-only or of another version: told soon, and why."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.database import Database
from app.engines import is_gone
from app.settings import Settings
from tests.conftest import Deployment
from tests.writing import CITY, figure, submit

# What is promised, and what a busy machine may add to it.
PROMISED, SLACK = 5.0, 3.0


Lonely = Callable[..., Deployment]


@dataclass
class Line:
    """A line to a PostgreSQL server on this machine that can be made to swallow everything."""

    target: str
    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    is_open: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        port: int = self.listening.getsockname()[1]
        return port

    def run(self) -> None:
        """Take connections until it is closed."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.target)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                self.is_open.wait()
                sink.sendall(content)
        # The thread of the other direction ends, too.
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            source.shutdown(socket.SHUT_RDWR)
        source.close()


@pytest.fixture
def line(postgres_server: sa.Engine) -> Iterator[Line]:
    folder = postgres_server.url.query["host"]
    found = Line(target=f"{folder}/.s.PGSQL.{postgres_server.url.port or 5432}")
    found.is_open.set()
    threading.Thread(target=found.run, daemon=True).start()
    yield found
    found.is_open.set()
    found.listening.close()


@pytest.fixture
def behind(
    line: Line, postgres_server: sa.Engine, deploy: Callable[..., Deployment]
) -> Iterator[Deployment]:
    """The API on PostgreSQL at the end of the line."""
    name = f"line_{line.port}"
    with postgres_server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_plans"))

    url = sa.URL.create(
        "postgresql+psycopg", "postgres", host="127.0.0.1", port=line.port, database=name
    )
    yield deploy(url.render_as_string(hide_password=False))
    line.is_open.set()
    with postgres_server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _timed(ask: Callable[[], object]) -> tuple[object, float]:
    started = time.monotonic()
    return ask(), time.monotonic() - started


def _assert_unavailable(found: object, took: float, code: str = "database_unavailable") -> None:
    assert (found.status_code, found.json()["code"]) == (503, code)  # type: ignore[attr-defined]
    assert int(found.headers["retry-after"]) > 0  # type: ignore[attr-defined]
    assert took < PROMISED + SLACK


def test_a_server_that_swallows_everything_is_told_soon_and_recovers(
    behind: Deployment, line: Line
) -> None:
    client = behind.client
    nanshan = behind.key("reporter", "nanshan")
    assert client.get(f"{CITY}/overview").status_code == 200
    line.is_open.clear()
    _assert_unavailable(*_timed(lambda: client.get(f"{CITY}/gaps")))
    _assert_unavailable(*_timed(lambda: submit(behind, nanshan, figure())))
    ready, took = _timed(lambda: client.get("/readyz"))
    assert (ready.status_code, ready.json()["status"]) == (503, "database unreachable")  # type: ignore[attr-defined]
    assert took < 1 + SLACK
    health, took = _timed(lambda: client.get("/healthz"))
    assert health.status_code == 200  # type: ignore[attr-defined]
    assert took < 1
    # What was asked before is answered as it was then, and says how long ago that was.
    kept = client.get(f"{CITY}/overview")
    assert kept.status_code == 200
    assert 0 < int(kept.headers["age"]) < 60
    assert kept.headers["cache-status"].startswith("dabiao; hit; ttl=-")
    # Whoever sends a key is not: it may have been revoked meanwhile.
    _assert_unavailable(*_timed(lambda: client.get(f"{CITY}/overview", headers=nanshan)))
    line.is_open.set()
    deadline = time.monotonic() + 20
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert client.get(f"{CITY}/gaps").status_code == 200
    assert "age" not in client.get(f"{CITY}/overview").headers
    assert submit(behind, nanshan, figure()).status_code == 201


def test_a_connection_that_was_lost_while_nobody_answers_is_told_as_that(
    behind: Deployment, line: Line, postgres_server: sa.Engine
) -> None:
    with behind.database.write_group() as connection:
        name = connection.engine.url.database
    line.listening.shutdown(socket.SHUT_RDWR)
    ended = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with postgres_server.connect() as connection:
        connection.execute(ended, {"name": name})
    # More often than there are connections: none is lost to the pool.
    for _ in range(Settings().readers + 15):
        with pytest.raises(OperationalError) as told, behind.database.write_group():
            pass
        assert is_gone(told.value)


def test_requests_that_were_under_way_are_told_too(behind: Deployment, line: Line) -> None:
    """The server falls silent while a read is being made and a write is being carried out."""
    client, nanshan = behind.client, behind.key("reporter", "nanshan")
    assert client.get(f"{CITY}/areas").status_code == 200
    has_begun = threading.Event()

    def fall_silent(*_: object) -> None:
        line.is_open.clear()
        has_begun.set()

    sa.event.listen(behind.database.engine, "before_cursor_execute", fall_silent)
    with ThreadPoolExecutor(3) as pool:
        read = pool.submit(_timed, lambda: client.get(f"{CITY}/gaps?limit=7"))
        assert has_begun.wait(10)
        write = pool.submit(_timed, lambda: submit(behind, nanshan, figure()))
        # Whoever asks next finds out for all.
        asked = pool.submit(_timed, lambda: client.get(f"{CITY}/units"))
        for each in (read, write, asked):
            _assert_unavailable(*each.result(60))
    sa.event.remove(behind.database.engine, "before_cursor_execute", fall_silent)


@pytest.fixture
def lonely(postgres_server: sa.Engine, deploy: Callable[..., Deployment]) -> Iterator[Lonely]:
    """The API on a server whose commits wait for a replica, and there is none until it is asked."""
    name = "lonely"

    def await_replica(*, is_awaited: bool) -> None:
        with postgres_server.connect() as admin:
            awaited = "nobody" if is_awaited else ""
            admin.execute(sa.text(f"ALTER SYSTEM SET synchronous_standby_names = '{awaited}'"))
            admin.execute(sa.text("SELECT pg_reload_conf()"))

    with postgres_server.connect() as admin:
        admin.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_plans"))
        admin.execute(sa.text(f"ALTER DATABASE {name} SET synchronous_commit = on"))
    url = postgres_server.url.set(database=name).render_as_string(hide_password=False)
    deployment = deploy(url)

    def set_replica(*, has_replica: bool) -> Deployment:
        await_replica(is_awaited=not has_replica)
        return deployment

    yield set_replica
    await_replica(is_awaited=False)
    deployment.database.dispose()
    with postgres_server.connect() as admin:
        admin.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _end_waits(server: sa.Engine, *, times: int = 1) -> None:
    """Cancel waits for a replica, as an administrator might."""
    query = sa.text(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event='SyncRep'"
    )
    deadline = time.monotonic() + 20
    while times and time.monotonic() < deadline:
        with server.connect() as admin:
            times -= len(admin.execute(query).all())
        time.sleep(0.05)
    assert times == 0


def test_a_write_that_no_replica_has_is_never_confirmed(
    lonely: Lonely, postgres_server: sa.Engine
) -> None:
    api = lonely(has_replica=True)
    nanshan = api.key("reporter", "nanshan") | {"Idempotency-Key": "one"}
    lonely(has_replica=False)
    # The wait is broken off: the row is on this server, and on no other.
    with ThreadPoolExecutor(1) as pool:
        write = pool.submit(_timed, lambda: submit(api, nanshan, figure()))
        _end_waits(postgres_server)
        _assert_unavailable(*write.result(60), code="outcome_unknown")
    # Nor is it confirmed to who sends it again and is answered from what was stored.
    with ThreadPoolExecutor(1) as pool:
        write = pool.submit(_timed, lambda: submit(api, nanshan, figure()))
        _end_waits(postgres_server)
        _assert_unavailable(*write.result(60), code="outcome_unknown")
    lonely(has_replica=True)
    again = submit(api, nanshan, figure())
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")


def test_a_wait_for_a_replica_that_never_comes_is_told_soon(
    lonely: Lonely,
) -> None:
    api = lonely(has_replica=True)
    nanshan = api.key("reporter", "nanshan")
    lonely(has_replica=False)
    _assert_unavailable(*_timed(lambda: submit(api, nanshan, figure())), code="outcome_unknown")
    # Whoever waits behind it has not begun.
    behind = submit(api, nanshan, figure(value=900), correction_reason="recount")
    assert behind.json()["code"] in {"database_unavailable", "outcome_unknown"}
    # Reads go on.
    assert api.client.get(f"{CITY}/gaps").status_code == 200
    lonely(has_replica=True)
    deadline = time.monotonic() + 20
    while submit(api, nanshan, figure()).status_code not in {200, 201}:
        assert time.monotonic() < deadline


def test_a_database_that_serves_has_limits_and_one_for_maintenance_has_none(
    database_url: str,
) -> None:
    if database_url.startswith("sqlite"):
        return
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    settings = Settings(database_url=database_url, busy_timeout_seconds=1.5)
    for serves, limits in ((True, ["30s", "1500ms", "1min"]), (False, ["0", "0", "0"])):
        with (
            Database(settings, serves=serves) as database,
            database.engine.connect() as connection,
        ):
            found = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]
        assert found == limits


def test_what_the_url_says_itself_holds(postgres_server: sa.Engine) -> None:
    own = {"options": "-c lock_timeout=7000", "connect_timeout": "9"}
    url = postgres_server.url.update_query_dict(own).render_as_string(hide_password=False)
    with (
        Database(Settings(database_url=url), serves=True) as database,
        database.engine.connect() as connection,
    ):
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "7s"
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "30s"


def test_a_plan_that_is_locked_elsewhere_is_told_as_busy(
    deploy: Callable[..., Deployment], database_url: str
) -> None:
    hurried = deploy(database_url, busy_timeout_seconds=0.5)
    nanshan = hurried.key("reporter", "nanshan")
    lock = sa.text("UPDATE plan SET revision = revision")
    with hurried.database.write_group() as connection:
        connection.execute(lock)
        found, took = _timed(lambda: submit(hurried, nanshan, figure()))
        # Reads do not wait for it.
        assert hurried.client.get(f"{CITY}/gaps").status_code == 200
        assert hurried.client.get("/readyz").json()["status"] == "ok"
    assert (found.status_code, found.json()["code"]) == (503, "busy")  # type: ignore[attr-defined]
    assert took < 0.5 + SLACK
    assert submit(hurried, nanshan, figure()).status_code == 201


def test_a_schema_of_another_version_is_read_and_not_written(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    with deployment.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    ready = deployment.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["status"] == "database schema of another version"
    refused = submit(deployment, nanshan, figure())
    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    assert deployment.client.get(f"{CITY}/overview").status_code == 200


def test_a_server_that_can_only_be_read_is_not_ready(deployment: Deployment) -> None:
    if deployment.database.is_sqlite:
        return
    nanshan, name = deployment.key("reporter", "nanshan"), deployment.database.engine.url.database
    with deployment.database.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    # It holds for connections that are made from now on.
    deployment.database.engine.dispose()
    ready = deployment.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "database not writable")
    refused = submit(deployment, nanshan, figure())
    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    assert deployment.client.get(f"{CITY}/overview").status_code == 200
