"""The documentation cannot lie: its commands are run, its tables checked against the program."""

import argparse
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from app.cli.commands import main
from app.demo.making import make_demo
from app.formats.plans.plan_file import read_plan_file
from app.settings import Settings
from tests.conftest import Deployment

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README, WALKTHROUGH = ROOT / "README.md", DOCS / "walkthrough.md"
PAGES = [*sorted(ROOT.glob("*.md")), ROOT / "seeds" / "README.md", *sorted(DOCS.rglob("*.md"))]
# A page in English and its twin in Chinese.
TWINS = [(page.with_suffix("").with_suffix(".md"), page) for page in PAGES if ".zh" in page.name]
ADDRESS = "http://127.0.0.1:8000"

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
ROW = re.compile(r"^\| `(DABIAO_\w+)` \| `([^`]*)` \| (.+) \|$", re.MULTILINE)
TARGET = re.compile(r"^make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[ /(])dabiao ((?:(?:key|hook|plan) )?[a-z]+)([^)\n]*)", re.MULTILINE)
PATH = re.compile(r"(GET|POST) (/[^\s?]*)|(/[a-z.]+)")
FILE = re.compile(r"(?:app|bench|docs|migrations|seeds|tests)/[\w./-]+")
REQUEST = re.compile(r"^\| `([^`]+)` \| [^|]+ \| `([^`]+)` \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")

twins = pytest.mark.parametrize(
    ("english", "chinese"), TWINS, ids=[english.stem for english, _ in TWINS]
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language and its text."""

    language: str
    text: str


@dataclass
class Shell:
    """As much of a shell as the walk-through needs: variables, this program, and curl."""

    folder: Path
    address: str
    environment: dict[str, str]
    client: httpx.Client
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, block: Block) -> httpx.Response | None:
        """Run a block; the answer of its last curl."""
        answer = None
        for command in _commands(block.text):
            known = re.sub(r"\$(\w+)", lambda name: self.variables[name[1]], command)
            name, _, value = known.partition("=")
            if name.isidentifier() and value.startswith("$("):
                self.variables[name] = self.call(value[2:-1])
            elif name.isidentifier():
                self.variables[name] = shlex.split(value)[0]
            else:
                answer = self.curl(*shlex.split(known))
        return answer

    def call(self, command: str) -> str:
        """What a command of the virtual environment prints."""
        program, *words = shlex.split(command)
        parts = {".venv/bin/dabiao": ["-m", "app.cli.commands"], ".venv/bin/python": []}[program]
        done = subprocess.run(
            [sys.executable, *parts, *words],
            cwd=self.folder,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def curl(self, program: str, *words: str) -> httpx.Response:
        """The answer that curl would get. -s and -i are about what it prints."""
        assert program == "curl"
        parser = argparse.ArgumentParser(program)
        parser.add_argument("url")
        parser.add_argument("-s", action="store_true", required=True)
        parser.add_argument("-i", action="store_true")
        parser.add_argument("-X", dest="method")
        parser.add_argument("-H", dest="headers", action="append", default=[])
        parser.add_argument("-d", dest="body")
        given = parser.parse_args(words)
        return self.client.request(
            given.method or ("GET" if given.body is None else "POST"),
            given.url.replace(ADDRESS, self.address),
            headers=[tuple(header.split(": ", 1)) for header in given.headers],
            content=given.body,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in a folder of its own, beside a server started there for the first time."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {n: v for n, v in os.environ.items() if not n.startswith("DABIAO_")}
    environment |= {"DABIAO_DATABASE_URL": "sqlite:///dabiao.db", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "app.cli.commands", "serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    # It listens a moment after it has said so: a refused connection is tried again.
    transport = httpx.HTTPTransport(retries=8)
    with (
        subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as server,
        httpx.Client(transport=transport, trust_env=False, timeout=30) as client,
    ):
        try:
            assert server.stdout is not None
            expected = _blocks(README, "text")[0].text.replace(ADDRESS, address)
            assert [server.stdout.readline() for _ in range(3)] == expected.splitlines(
                keepends=True
            )
            yield Shell(tmp_path, address, environment, client)
        finally:
            server.terminate()


def test_the_walk_through_gives_what_it_shows(shell: Shell) -> None:
    blocks = [
        *_blocks(README, "sh", "json", section="A first question"),
        *_blocks(WALKTHROUGH, "sh", "json", "http"),
    ]
    shown = 0
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language != "sh":
            continue
        answer = shell.run(block)
        if answer is not None:
            assert following is not None
            _assert_shown(following, answer)
            shown += 1
    assert shown == 11
    # The same folder shows that a backup is whole.
    for backup in _blocks(DOCS / "operations.md", "sh"):
        shell.call(backup.text)
    shell.environment["DABIAO_DATABASE_URL"] = "sqlite:///backup.db"
    assert "city-office" in shell.call(".venv/bin/dabiao key list")


def test_the_demonstration_shows_what_the_readme_says(
    deploy: Callable[..., Deployment], tmp_path: Path
) -> None:
    file, now = tmp_path / "demo.db", datetime(2026, 6, 1, tzinfo=UTC)
    plan = read_plan_file(ROOT / "seeds" / "plans" / "shenzhen-software-2025.yaml")
    real = Settings(database_url="sqlite:////nowhere/real.db")
    assert make_demo(file, plan, real=real, seed=2025, now=now)
    demo = deploy(f"sqlite:///{file}")
    root, headers = f"/api/v1/plans/{plan.plan.code}/", demo.key("reader")
    section = _section(README, "A plan in full, simulated")
    assert f"`{root}`" in section
    shown = REQUEST.findall(section)
    assert len(shown) == 5
    for path, part in shown:
        answer = demo.client.get(root + path)
        assert answer.status_code == 200, answer.text
        _assert_part(json.loads(part), answer.json(), path)
    for path in ("goals", "actions"):
        assert "progress" in demo.client.get(root + path).text
    for path in re.findall(r"`(reports[^`]+)`", section):
        assert demo.client.get(root + path, headers=headers).json()["total"] == 1


def test_the_readme_is_short_and_shows_every_folder_of_the_program() -> None:
    for page in (README, ROOT / "README.zh.md"):
        text = page.read_text("utf-8")
        assert text.count("\n") <= 133
        drawing = text.split("\n```\napp/\n", 1)[1].split("\n```\n", 1)[0]
        shown = set(re.findall(r"(?:^|  )  ([a-z]+)/", drawing, re.MULTILINE))
        folders = {
            each.name for each in (ROOT / "app").iterdir() if (each / "__init__.py").exists()
        }
        rooms = {each.name for each in (ROOT / "app" / "domain").iterdir() if each.is_dir()}
        assert shown - {"seeds"} == (folders | rooms) - {"__pycache__"}


@twins
def test_both_languages_have_the_same_commands_and_outputs(english: Path, chinese: Path) -> None:
    assert _blocks(chinese) == _blocks(english)


@twins
def test_both_languages_have_the_same_structure(english: Path, chinese: Path) -> None:
    ours, theirs = english.read_text("utf-8"), chinese.read_text("utf-8")
    headings = re.compile(r"^(#+) ", re.MULTILINE)
    assert headings.findall(theirs) == headings.findall(ours)
    assert _first_cells(theirs) == _first_cells(ours)
    assert set(SPAN.findall(FENCE.sub("", theirs))) == set(SPAN.findall(FENCE.sub("", ours)))
    assert {link.replace(".zh.", ".") for link in LINK.findall(theirs)} == {
        link.replace(".zh.", ".") for link in LINK.findall(ours)
    }


@pytest.mark.parametrize("page", [DOCS / "running.md", DOCS / "running.zh.md"])
def test_every_setting_is_documented_with_its_default(page: Path) -> None:
    documented = [(name, default) for name, default, _ in ROW.findall(page.read_text("utf-8"))]
    prefix = str(Settings.model_config["env_prefix"])
    assert documented == [
        (f"{prefix}{name}".upper(), str(each.default))
        for name, each in Settings.model_fields.items()
    ]


def test_make_targets_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    documented = {name for code in _code() for name in TARGET.findall(code)}
    assert documented <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert documented >= set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))


def test_commands_and_their_options_are_those_of_the_program() -> None:
    known = dict(_known_commands(typer.main.get_command(main)))
    documented: dict[str, set[str]] = {}
    for name, rest in (found for code in _code() for found in COMMAND.findall(code)):
        documented.setdefault(name, set()).update(re.findall(r"--[a-z-]+", rest))
    assert documented.keys() == known.keys()
    for name, options in documented.items():
        assert options == known[name], name


def test_documented_paths_are_in_the_contract(api: Deployment) -> None:
    paths = api.client.get("/openapi.json").json()["paths"]
    found = [match for code in _code() if (match := PATH.fullmatch(code))]
    for method, path, bare in (match.groups() for match in found):
        if bare:
            assert api.client.get(bare).status_code == 200, bare
        else:
            operations = paths.get(path) or paths.get(f"/api/v1{path}") or {}
            assert method.lower() in operations, f"{method} {path}"
    assert {path for _, path, _ in (match.groups() for match in found) if path}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_are_there(page: Path) -> None:
    for name in SPAN.findall(FENCE.sub("", page.read_text("utf-8"))):
        if FILE.fullmatch(name):
            assert (ROOT / name).exists(), name


def _blocks(page: Path, *languages: str, section: str | None = None) -> list[Block]:
    """The fenced blocks of a page, or of one section of it, in these languages (default: all)."""
    text = page.read_text("utf-8") if section is None else _section(page, section)
    found = [Block(language, code) for language, code in FENCE.findall(text)]
    return [block for block in found if not languages or block.language in languages]


def _section(page: Path, heading: str) -> str:
    """The text under a heading of a page."""
    return page.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def _first_cells(text: str) -> list[list[str]]:
    """The pieces of code in the first cell of each row of a table."""
    return [SPAN.findall(cell) for cell in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)]


def _code() -> list[str]:
    """Every piece of code in the documentation: shell blocks, and what stands between backticks."""
    found: list[str] = []
    for page in PAGES:
        found += [block.text for block in _blocks(page, "sh")]
        found += SPAN.findall(FENCE.sub("", page.read_text("utf-8")))
    return found


def _commands(text: str) -> Iterator[str]:
    """The commands of a block: a quotation may go over several lines."""
    pending = ""
    for line in text.splitlines():
        pending = f"{pending}\n{line}" if pending else line
        if pending.count("'") % 2 == 0:
            yield pending
            pending = ""
    assert not pending


def _assert_shown(block: Block, answer: httpx.Response) -> None:
    """The answer has the status, headers and fields that the block shows."""
    status, headers, body = "HTTP/1.1 200 OK", [], block.text
    if block.language == "http":
        head, _, body = block.text.partition("\n\n")
        status, *headers = head.splitlines()
    assert f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}" == status, answer.text
    for header in headers:
        name, _, value = header.partition(": ")
        assert answer.headers[name] == value
    _assert_part(json.loads(body), answer.json(), "")


def _assert_part(shown: Any, whole: Any, at: str) -> None:
    """Objects may have more fields than are shown; everything else is equal."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            assert name in whole, at
            _assert_part(value, whole[name], f"{at}/{name}")
    elif isinstance(shown, list):
        assert len(shown) == len(whole), at
        for place, value in enumerate(shown):
            _assert_part(value, whole[place], f"{at}/{place}")
    else:
        assert (shown, type(shown)) == (whole, type(whole)), at


def _known_commands(command: Any, name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command by its words, with its options."""
    below = getattr(command, "commands", None)
    if below is None:
        options = {text for each in command.params for text in each.opts if text[:2] == "--"}
        yield name, options - {"--help"}
        return
    for word, each in below.items():
        yield from _known_commands(each, f"{name} {word}".strip())
