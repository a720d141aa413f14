"""Faults of a cluster: a primary, a node, the network or etcd's majority is lost under load."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from drills import net
from drills.cluster import Cluster, cluster
from drills.load import Load, find_loss
from drills.service import Failed, Note, make_key, run, start, stopping, wait_until

# What is done to a cluster whose primary is the node.
Fault = Callable[[Cluster, int], None]
_PROMISE = "0 acknowledged lost; writes again in {} s"
_CALM = 3
# What a machine that does much else may add to what is promised, in seconds.
_SLACK = 3


def carry_out(home: Path, *, is_short: bool = False) -> list[Note]:
    """Every fault in turn on one cluster, and one of them on a cluster that does not wait."""
    with net.network():
        notes = _on_synchronous(home / "synchronous", is_short=is_short)
        notes[0].control = f"asynchronous: {_on_asynchronous(home / 'asynchronous')}"
        notes[0].is_kept = notes[0].is_kept and not notes[0].control.startswith("asynchronous: 0 ")
    return notes


def _on_synchronous(home: Path, *, is_short: bool) -> list[Note]:
    faults: list[tuple[str, Fault, float]] = [
        ("a node killed: Patroni and PostgreSQL of the primary", _kill_node, 30),
        ("the primary's process killed", _kill_postgres, 5),
        ("switchover", _switch_over, 5),
        ("the primary cut off from the other nodes", _cut_off, 30),
        ("etcd's majority lost for 15 s", _lose_majority, 5),
    ]
    with cluster(home) as whole:
        run(whole.url, "migrate")
        run(whole.url, "load")
        key = make_key(whole.url)
        with stopping(start(whole.url, log=home / "app.log")) as app:
            chosen = faults[:1] if is_short else faults
            notes = [_try(whole, app.port, key, *each) for each in chosen]
            notes.append(_cancel_wait(whole, app.port, key))
        run(whole.url, "verify")
    return notes


def _try(whole: Cluster, port: int, key: str, name: str, fault: Fault, within: float) -> Note:
    whole.wait_ready()
    primary = whole.primary()
    with Load(port, key) as load:
        wait_until(lambda: len(load.acknowledged) > 20, 60, "no report before the fault")
        begun = time.monotonic()
        fault(whole, primary)
        wait_until(
            lambda: bool(load.times) and load.times[-1] > begun + 2, 90, "no report afterwards"
        )
        time.sleep(_CALM)
    pause = load.longest_pause(begun)
    _repair(whole, primary)
    loss = find_loss([load], whole.url)
    return Note(
        name,
        _PROMISE.format(round(within)),
        f"{loss}; longest pause {pause:.1f} s; slowest refusal {load.slowest_refusal:.1f} s; "
        f"answers {', '.join(f'{code} {count}' for code, count in load.answers.most_common())}",
        is_kept=loss.lost + loss.doubled == 0 and pause <= within + _SLACK,
    )


def _repair(whole: Cluster, node: int) -> None:
    """Make the cluster whole again, and what it holds the same everywhere."""
    net.heal(node)
    for each in net.NODES:
        if f"etcd{each}" not in whole.started:
            whole.start_etcd(each)
        if f"patroni{each}" not in whole.started:
            whole.start_patroni(each)
    whole.wait_ready()


def _kill_postgres(whole: Cluster, primary: int) -> None:
    whole.kill_postgres(primary)


def _kill_node(whole: Cluster, primary: int) -> None:
    whole.kill_node(primary)


def _switch_over(whole: Cluster, primary: int) -> None:
    members = whole.members()
    target = next(node for node, (role, _) in members.items() if role == "sync_standby")
    whole.switch_over(primary, target)


def _cut_off(_whole: Cluster, primary: int) -> None:
    net.cut_off(primary)


def _lose_majority(whole: Cluster, primary: int) -> None:
    for node in net.NODES:
        if node != primary:
            whole.end(f"etcd{node}", signal.SIGKILL)
    time.sleep(15)


def _cancel_wait(whole: Cluster, port: int, key: str) -> Note:
    """An administrator cancels waits for the replica: what only one node has is not confirmed."""
    whole.wait_ready()
    primary = whole.primary()
    others = [node for node in net.NODES if node != primary]
    with Load(port, key, retries=False) as load:
        wait_until(lambda: len(load.acknowledged) > 20, 60, "no report before the fault")
        for node in others:
            whole.kill_node(node)
        cancelled, until = 0, time.monotonic() + 8
        while time.monotonic() < until:
            cancelled += _cancel(primary)
            time.sleep(0.05)
    unknown = load.answers["503 outcome_unknown"]
    _repair(whole, primary)
    loss = find_loss([load], whole.url)
    return Note(
        "waits for the replica cancelled",
        "never a 201 for a row that one node alone has: `outcome_unknown`",
        f"{cancelled} cancelled, {unknown} answers `outcome_unknown`; {loss}",
        is_kept=cancelled > 0 < unknown and loss.lost == 0,
    )


def _cancel(primary: int) -> int:
    address = f"postgresql://postgres:drill@{net.NODES[primary]}:6432/postgres"
    query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with psycopg.connect(address, connect_timeout=2, autocommit=True) as server:
        return len(server.execute(query).fetchall())


def _on_asynchronous(home: Path) -> str:
    """The same loss of a node where nobody waits for a replica: it must lose something."""
    with cluster(home, is_synchronous=False) as whole:
        run(whole.url, "migrate")
        run(whole.url, "load")
        key = make_key(whole.url)
        with stopping(start(whole.url)) as app, Load(app.port, key, retries=False) as load:
            primary = whole.primary()
            wait_until(lambda: len(load.acknowledged) > 20, 60, "no report before the fault")
            for node in net.NODES:
                if node != primary:
                    # What travels between the nodes when the primary is lost is lost with it.
                    net.slow_down(node)
            time.sleep(2)
            whole.kill_node(primary)
            wait_until(lambda: whole.primary() not in {0, primary}, 60, "no other primary")
            for node in net.NODES:
                net.speed_up(node)
            time.sleep(3)
        loss = find_loss([load], whole.url)
        if not loss.acknowledged:
            raise Failed("the control was acknowledged nothing")
        return str(loss)
