"""How an input of the corpus is sent: the request of its kind, with the input in its place."""

import re
from pathlib import Path
from typing import Any

from tests.conftest import Deployment
from tests.writing import CITY
from tests.yaml_files import read_yaml

FOLDER = Path(__file__).parent
_REPEATED = re.compile(r"\[\[(.+?)\*([0-9]+)\]\]")
KINDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read_kind(name: str) -> dict[str, Any]:
    """The request that a kind's inputs are sent with, and the inputs with their answers."""
    found: dict[str, Any] = read_yaml(FOLDER / f"{name}.yaml")
    return found


def written(text: str) -> str:
    """An input in full: ``[[x*60000]]`` is that letter so many times."""
    return _REPEATED.sub(lambda found: found[1] * int(found[2]), text)


def send(deployment: Deployment, key: dict[str, str], kind: dict[str, Any], text: str) -> Any:
    """The answer to one input; a backslash in it begins an escape as in Python's bytes."""
    text = written(text)
    raw = text.encode().decode("unicode_escape").encode("latin-1") if kind.get("escaped") else None
    place, asked = kind["place"], kind["ask"]
    method, _, path = asked.replace("{plan}", CITY).partition(" ")
    headers: list[tuple[bytes, bytes]] = [(b"authorization", key["Authorization"].encode())]
    content = kind.get("body", "").encode()
    sent = text.encode() if raw is None else raw
    if place == "body":
        content = content.replace(b"$", sent) if content else sent
    elif place == "header":
        name, _, value = sent.partition(b": ")
        headers.append((name.lower(), value))
    else:
        path = path.replace("$", sent.decode("latin-1") if raw else text)
    if kind.get("type") and not text.startswith("Content-Type"):
        headers.append((b"content-type", kind["type"].encode()))
    return deployment.client.request(
        method, f"http://testserver{path}", headers=headers, content=content or None
    )


def told(answer: Any) -> str:
    """The status, and the code of the problem if it is one."""
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    code = answer.json()["code"] if is_problem and answer.content else ""
    return f"{answer.status_code} {code}".strip()
