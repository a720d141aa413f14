"""The API on loopback, for clients that speak HTTP alone, beside what JSON says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp

from tests.api.reads import Row, approve, get_items, submit
from tests.conftest import Deployment
from tests.writing import deployed_once

# A year's figure of an indicator that is counted once a year.
YEARLY: dict[str, Any] = {"indicator": "revenue_10bn_plus", "unit": "家", "basis": "since_start"}
MISSING: dict[str, Any] = {"unit": None, "basis": None, "missing_reason": "withheld"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A deployment that listens; ``between`` is an instant between two of its revisions."""

    deployment: Deployment
    url: str
    between: str

    def values(self, plan: str, path: str = "observations", **query: Any) -> dict[str, Any]:
        """The figures as JSON has them, by SDMX series key and period, a key as 'Q.x.y@2024-Q3'."""
        rows = get_items(self.deployment, f"{plan}/{path}", limit=1000, **query)
        return {key_of(row): row for row in rows}


def key_of(row: Row) -> str:
    """What SDMX calls a row: the indicators that are counted once a year have years."""
    is_yearly = row["indicator"] in {YEARLY["indicator"], "china_software_parks"}
    quarter = row["period"] or ""
    period = quarter.removesuffix("-Q4") if is_yearly else quarter
    return f"{'A' if is_yearly else 'Q'}.{row['indicator']}.{row['area']}@{period}"


@pytest.fixture(scope="package")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The bundled plans, and a city with a corrected, a yearly and a withheld figure."""
    folder = tmp_path_factory.mktemp("sdmx")
    with (
        deployed_once(sqlite_template, folder) as deployment,
        pytest.MonkeyPatch.context() as patch,
    ):
        # What is on this machine is not asked for through a proxy.
        patch.setenv("NO_PROXY", "127.0.0.1")
        approve(deployment, submit(deployment, "nanshan", 800, period="2024-Q3"))
        # More than the city's whole target is asked about.
        said: dict[str, Any] = {"explanations": {YEARLY["indicator"]: "counted by head office"}}
        approve(deployment, submit(deployment, "nanshan", 7, **YEARLY, **said))
        deployment.clock.now += timedelta(hours=1)
        between = deployment.clock.now.isoformat().replace("+00:00", "Z")
        deployment.clock.now += timedelta(hours=1)
        corrected: dict[str, Any] = {"correction_reason": "head office moved", "period": "2024-Q3"}
        approve(deployment, submit(deployment, "nanshan", 812.4, **corrected))
        approve(deployment, submit(deployment, "futian", None, **MISSING))
        with _listening(deployment.client.app) as url:
            yield Served(deployment=deployment, url=url, between=between)


@contextmanager
def _listening(app: ASGIApp) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, lifespan="off", ws="none", log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.01)
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        thread.join()
