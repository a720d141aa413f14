"""The wheel: built, installed elsewhere, and every command run in an empty folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from app import __version__
from tests.conftest import ROOT
from tests.serving import started

SOURCES = ("app", "migrations", "seeds", "pyproject.toml", "setup.py", "README.md")
PLAN, CITY_PLAN = "china-software-2025", "shenzhen-software-2025"
FIGURES = """area,period,indicator,value,unit,basis
nanshan,2024-Q3,value_added,812.4,亿元,ytd
"""
# What runs beside the server on its database, and what each says; the last on another.
LOCAL_COMMANDS = {
    "key create --role reporter --area nanshan --owner clerk --quiet": "dabiao_",
    "--version": f"dabiao {__version__}",
    "key list": "clerk",
    "migrate": "newest",
    "load": "",
    f"verify {PLAN}": f"{PLAN}: matches",
    f"backtest {PLAN}": "80 %",
    f"export {PLAN} --output plan.jsonl": "plan.jsonl",
    "demo --database demo.db": "simulated",
    "DABIAO_DATABASE_URL=sqlite:///other.db import plan.jsonl": "digest",
}
# Runs each command as the installed script does, one after the other in one process, since
# starting Python takes longer than most of them do.
DRIVER = """
import contextlib, io, json, os, sys
from importlib.metadata import entry_points
import app
(script,) = {each.load() for each in entry_points(group="console_scripts", name="dabiao")}
done = []
for words in json.loads(sys.argv[1]):
    if "=" in words[0]:
        os.environ.update([words.pop(0).split("=", 1)])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            script(words)
        except SystemExit as end:
            done.append([end.code or 0, out.getvalue()])
json.dump([app.__file__, done], sys.stdout)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources, as setuptools leaves its work beside them."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, source / name)
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(target), str(source))
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed into; what it needs is in this environment."""
    target = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-compile", "--target", str(target), str(wheel))
    return target


def test_the_wheel_has_one_package_with_everything_that_the_program_needs(wheel: Path) -> None:
    names = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kept_at_the_top = [path for name in ("migrations", "seeds/plans") for path in _files(name)]
    assert names == {*_files("app"), *(f"app/{path}" for path in kept_at_the_top)}
    assert {"app/py.typed", "app/migrations/env.py", f"app/seeds/plans/{PLAN}.yaml"} <= names


def test_every_command_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    program, environment = (str(installed / "bin" / "dabiao"),), _environment(installed)
    with started(
        "serve", "--port", "0", program=program, folder=tmp_path, environment=environment
    ) as address:
        said = _drive(installed, tmp_path, LOCAL_COMMANDS)
        key = said[0].strip()
        (tmp_path / "key.txt").write_text(key, "utf-8")
        (tmp_path / "figures.csv").write_text(FIGURES, "utf-8")
        sending = f"push figures.csv --url {address} --key-file key.txt --plan {CITY_PLAN}"
        revoking = f"key revoke {key.split('_')[1]}"
        _drive(installed, tmp_path, {sending: "Saved.", revoking: "is revoked"})


def _drive(installed: Path, folder: Path, steps: dict[str, str]) -> list[str]:
    """Run commands, each of which must end well and say what is expected; what each has said."""
    orders = [words.split() for words in steps]
    ran = subprocess.run(
        [sys.executable, "-c", DRIVER, json.dumps(orders)],
        cwd=folder,
        env=_environment(installed),
        check=True,
        capture_output=True,
        text=True,
    )
    module, done = json.loads(ran.stdout)
    assert Path(module) == installed / "app" / "__init__.py"
    for (words, expected), (code, said) in zip(steps.items(), done, strict=True):
        assert (code, expected in said) == (0, True), (words, said, ran.stderr)
    return [said for _, said in done]


def _environment(installed: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}


def _files(folder: str) -> list[str]:
    """The files below a folder of the repository, as paths from its top."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return [path.relative_to(ROOT).as_posix() for path in found if path.suffix != ".pyc"]


def _pip(*words: str) -> None:
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check", "--no-index", "--no-deps")
    subprocess.run([sys.executable, "-m", "pip", words[0], *quiet, *words[1:]], check=True)
