"""A server answers before all of its routes are loaded, and has all of them when they are asked."""

import json
import subprocess
import sys
from pathlib import Path

from app.database import Database
from app.migration import migrate
from app.settings import Settings
from tests.conftest import ROOT

_ASK = """
import json, sys
from fastapi.testclient import TestClient
from app.factory import create_app

# Without its lifespan nothing is loaded but what is asked for.
client = TestClient(create_app())
told = []
for path in ("/api/v1/plans", "/healthz", "/api/v1/plans/none/gaps", "/sdmx/v2/data/none"):
    status = client.get(path).status_code
    told.append([path, status, "app.sdmx.routes" in sys.modules, "arro3" in sys.modules])
print(json.dumps(told))
"""


def test_the_first_answers_need_no_other_routes(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/start.db"
    with Database(Settings(database_url=url)) as database:
        migrate(database)
    found = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=ROOT,
        env={"DABIAO_DATABASE_URL": url},
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(found.stdout) == [
        ["/api/v1/plans", 200, False, False],
        ["/healthz", 200, False, False],
        ["/api/v1/plans/none/gaps", 404, True, False],
        ["/sdmx/v2/data/none", 404, True, False],
    ]
