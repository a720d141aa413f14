"""The views of SQL as Datasette shows them: plain numbers, names and days, and nothing to write."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

URL, DATABASE = os.environ["INTEROP_URL"], os.environ["INTEROP_DATABASE"]
CITY = "shenzhen-software-2025"
INDICATOR = "national_key_software_enterprises"
FIGURE = {"indicator": INDICATOR, "value": 13, "unit": "家", "basis": "level"}
REPORT = {
    "area": "longhua",
    "period": "2024-Q4",
    "figures": [FIGURE],
    "explanations": {INDICATOR: "listed"},
}


def approve_figure() -> None:
    """A district has 13 enterprises, officially."""
    with httpx.Client(base_url=f"{URL}/api/v1/plans/{CITY}", trust_env=False) as client:
        key, reviewer = (f"Bearer {os.environ[f'INTEROP_{name}']}" for name in ("KEY", "REVIEWER"))
        sent = client.post("/reports", json=REPORT, headers={"Authorization": key})
        assert sent.status_code == 201, sent.text
        place = f"{URL}{sent.headers['location']}/approve"
        decided = client.post(place, headers={"Authorization": reviewer})
        assert decided.status_code == 200, decided.text


def ask(file: Path, view: str, **where: str) -> list[dict[str, Any]]:
    """The rows that Datasette answers with; it answers a path without a server of its own."""
    path = f"/{file.stem}/{view}.json?{urlencode({'_shape': 'array', **where})}"
    program = Path(sys.executable).with_name("datasette")
    run = (str(program), str(file), "--get", path)
    found = subprocess.run(run, check=True, capture_output=True, text=True)
    rows: list[dict[str, Any]] = httpx.Response(200, text=found.stdout).json()
    return rows


approve_figure()
copy = Path("views.db")
with sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True) as source, sqlite3.connect(copy) as own:
    source.backup(own)
place = {"plan": CITY, "indicator": INDICATOR, "area": "longhua"}
(gap,) = ask(copy, "v_gap_latest", **place)
assert gap["actual"] == 13
assert isinstance(gap["actual"], int)
assert (gap["area_name_zh"], gap["period_end"]) == ("龙华区", "2024-12-31")
(figure,) = ask(copy, "v_observation", **place)
assert figure["value"] == 13
assert isinstance(figure["value"], int)
(target,) = ask(copy, "v_target", plan=CITY, indicator="value_added", area="shenzhen")
assert (target["value"], target["deadline_day"]) == (4200, "2025-12-31")
print(f"Datasette shows {gap['actual']} {gap['unit']} in {gap['area_name_en']}")
