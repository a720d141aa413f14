"""The files that a deployment starts from say what the programs that read them demand."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_compose_names_only_what_is_there(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"database", "migrate", "app", "proxy"}
    for service in services.values():
        assert ("image" in service) != ("build" in service)
        assert set(service.get("depends_on", {})) <= set(services)
        for condition in service.get("depends_on", {}).values():
            assert condition["condition"] in {
                "service_healthy",
                "service_completed_successfully",
                "service_started",
            }
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"]
        for config in service.get("configs", []):
            assert config["source"] in compose["configs"]
    assert (DEPLOY / services["app"]["build"] / "Dockerfile").resolve().exists()


def test_compose_sets_only_settings_that_exist_and_publishes_the_proxy_alone(compose: Any) -> None:
    known = {f"DABIAO_{name}".upper() for name in Settings.model_fields}
    assert set(compose["services"]["app"]["environment"]) <= known
    published = {
        name: each["ports"] for name, each in compose["services"].items() if "ports" in each
    }
    assert published == {"proxy": ["127.0.0.1:8080:8080"]}
    # A password is never written down, and its absence stops the start.
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{[^}]+\}", text)) == {"${POSTGRES_PASSWORD:?set a password}"}


def test_the_unit_runs_the_program_as_its_own_user_on_the_loopback() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "dabiao.service", "utf-8")
    service = unit["Service"]
    assert service["User"] == "dabiao"
    assert service["ExecStart"].endswith("dabiao serve --host 127.0.0.1 --port 8000")
    # A server that is told to stop waits for ten seconds for what it has begun.
    assert int(service["TimeoutStopSec"]) > 10
    assert unit["Install"]["WantedBy"] == "multi-user.target"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("haproxy", ["-c", "-f", "haproxy.cfg"]),
        ("systemd-analyze", ["verify", "--man=no", "dabiao.service"]),
    ],
)
def test_the_program_itself_accepts_its_file(program: str, words: list[str]) -> None:
    if shutil.which(program) is None:
        # `make drill` installs it, and starts it with the file.
        return
    done = subprocess.run(
        [program, *words], cwd=DEPLOY, capture_output=True, text=True, check=False
    )
    errors = [each for each in done.stderr.splitlines() if "/opt/dabiao" not in each]
    if program == "haproxy":
        assert done.returncode == 0, done.stderr
    assert not any("Unknown" in each or "Invalid" in each for each in errors), errors


def test_nginx_never_sends_what_it_has_not_asked_about() -> None:
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert "proxy_cache_revalidate on;" in text
    assert "proxy_cache_use_stale off;" in text
    assert "proxy_cache_background_update" not in text
    for guard in ("proxy_cache_bypass", "proxy_no_cache"):
        assert f"{guard} $http_authorization $arg_ticket;" in text


def test_every_template_of_the_drills_is_there() -> None:
    for name in ("etcd.env", "patroni.yml", "haproxy-postgres.cfg"):
        assert Path(ROOT / "drills" / "templates" / name).exists()


@pytest.mark.parametrize("script", ["build-image.sh", "collect-wheels.sh"])
def test_the_scripts_of_make_are_sound_and_named_there(script: str) -> None:
    assert f"deploy/{script}" in (ROOT / "Makefile").read_text("utf-8")
    subprocess.run(["bash", "-n", str(DEPLOY / script)], check=True)


def test_the_image_can_be_built_on_another_base() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^ARG BASE=(\S+)$", text, re.MULTILINE) == ["python:3.11-slim-trixie"]
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${BASE}"]
