"""A network of a drill's own: three nodes and a client, each with an address and a name space.

The bridge lies in a name space too, so that nothing is reached from outside or reaches it.
"""

import ctypes
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "dabiao"
NODES = {1: "10.99.0.11", 2: "10.99.0.12", 3: "10.99.0.13"}
CLIENT = "10.99.0.20"
_HUB = f"{PREFIX}hub"
# CLONE_NEWNET
_NETWORK = 0x40000000


def inside(node: int | str, *words: str) -> list[str]:
    """A command on a node, or on the client: ``c``."""
    return ["ip", "netns", "exec", f"{PREFIX}{node}", *words]


@contextmanager
def network() -> Iterator[None]:
    """The network, for as long as the block lasts."""
    _remove()
    _run("ip", "netns", "add", _HUB)
    _run("ip", "-n", _HUB, "link", "add", "br0", "type", "bridge")
    _run("ip", "-n", _HUB, "link", "set", "br0", "up")
    try:
        for name, address in [*((str(node), at) for node, at in NODES.items()), ("c", CLIENT)]:
            space, line = f"{PREFIX}{name}", f"v{name}"
            _run("ip", "netns", "add", space)
            _run("ip", "-n", space, "link", "set", "lo", "up")
            peer = ("type", "veth", "peer", "name", "eth0", "netns", space)
            _run("ip", "-n", _HUB, "link", "add", line, *peer)
            _run("ip", "-n", _HUB, "link", "set", line, "master", "br0", "up")
            _run("ip", "-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
            _run("ip", "-n", space, "link", "set", "eth0", "up")
        with _entered("c"):
            yield
    finally:
        _remove()


@contextmanager
def _entered(name: str) -> Iterator[None]:
    """Be on a host of the network: this thread, and whatever it starts meanwhile."""
    libc = ctypes.CDLL(None, use_errno=True)
    with (
        Path("/proc/thread-self/ns/net").open("rb") as here,
        Path(f"/run/netns/{PREFIX}{name}").open("rb") as there,
    ):
        if libc.setns(there.fileno(), _NETWORK):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(here.fileno(), _NETWORK)


def cut_off(node: int) -> None:
    """Cut a node off from the other nodes, but not from the client."""
    others = ",".join(address for number, address in NODES.items() if number != node)
    rules = (
        "table inet drill {\n"
        f" chain i {{ type filter hook input priority 0; ip saddr {{{others}}} drop; }}\n"
        f" chain o {{ type filter hook output priority 0; ip daddr {{{others}}} drop; }}\n}}\n"
    )
    subprocess.run(inside(node, "nft", "-f", "-"), input=rules.encode(), check=True)


def heal(node: int) -> None:
    """Undo ``cut_off``."""
    subprocess.run(
        inside(node, "nft", "delete", "table", "inet", "drill"), check=False, capture_output=True
    )


def slow_down(node: int, milliseconds: int = 200) -> None:
    """Have what a node sends arrive later, as between two cities."""
    delay = ("qdisc", "add", "dev", "eth0", "root", "netem", "delay", f"{milliseconds}ms")
    subprocess.run(inside(node, "tc", *delay), check=False, capture_output=True)


def speed_up(node: int) -> None:
    """Undo ``slow_down``."""
    words = inside(node, "tc", "qdisc", "del", "dev", "eth0", "root")
    subprocess.run(words, check=False, capture_output=True)


def _remove() -> None:
    for name in (*NODES, "c", "hub"):
        subprocess.run(["ip", "netns", "del", f"{PREFIX}{name}"], check=False, capture_output=True)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
