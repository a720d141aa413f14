"""The wheel: built, installed elsewhere, and every command run in an empty folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT

SOURCES = ("app", "migrations", "seeds", "pyproject.toml", "setup.py", "README.md")
PLAN = "china-software-2025"
# Runs each command as the installed script does, one after the other in one process, since
# starting Python anew takes longer than most of them do.
DRIVER = """
import contextlib, io, json, os, sys
from importlib.metadata import entry_points
import app
(script,) = {each.load() for each in entry_points(group="console_scripts", name="dabiao")}
done = []
for url, words in json.loads(sys.argv[1]):
    os.environ["DABIAO_DATABASE_URL"] = url
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        code = None
        script(words, standalone_mode=False)
        code = 0
    done.append([code, out.getvalue()])
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
    here, there = "sqlite:///dabiao.db", "sqlite:///other.db"
    steps: dict[str, tuple[str, str]] = {
        "migrate": (here, "newest"),
        "load": (here, ""),
        "key create --role reader --owner office": (here, "dabiao_"),
        "key list": (here, "office"),
        f"verify {PLAN}": (here, f"{PLAN}: holds"),
        f"backtest {PLAN}": (here, "80 %"),
        f"export {PLAN} --output plan.jsonl": (here, "plan.jsonl"),
        "import plan.jsonl": (there, "digest"),
        "demo --database demo.db": (there, "simulated"),
    }
    orders = [(url, words.split()) for words, (url, _) in steps.items()]
    ran = _run(installed, tmp_path, "-c", DRIVER, json.dumps(orders))
    module, done = json.loads(ran.stdout)
    assert Path(module) == installed / "app" / "__init__.py"
    assert [code for code, _ in done] == [0] * len(steps), ran.stderr
    for (words, (_, expected)), (_, said) in zip(steps.items(), done, strict=True):
        assert expected in said, words
    assert f"{PLAN}: loaded" in ran.stderr


def _files(folder: str) -> list[str]:
    """The files below a folder of the repository, as paths from its top."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return [path.relative_to(ROOT).as_posix() for path in found if path.suffix != ".pyc"]


def _pip(*words: str) -> None:
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check", "--no-index", "--no-deps")
    subprocess.run([sys.executable, "-m", "pip", words[0], *quiet, *words[1:]], check=True)


def _run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
