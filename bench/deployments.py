"""The databases that are measured: made by Dabiao's own commands, on SQLite and PostgreSQL."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.instrument.servers import ROOT, run_dabiao

CITY = "shenzhen-software-2025"
QUARTERS = [f"{year}-Q{quarter}" for year in range(2022, 2026) for quarter in range(1, 5)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A database with a plan, and a key to it."""

    url: str
    plan: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a caller with the key."""
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def path(self) -> str:
        """Where the plan's answers are."""
        return f"/api/v1/plans/{self.plan}"

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return Path(self.url.removeprefix("sqlite:///"))

    def copy(self, name: str) -> "Deployment":
        """The same on a copy of the SQLite file, which nobody may have open."""
        target = self.file.with_name(f"{name}.db")
        shutil.copy(self.file, target)
        return Deployment(url=f"sqlite:///{target}", plan=self.plan, key=self.key)


def deploy(url: str, folder: Path, document: Mapping[str, Any]) -> Deployment:
    """Load a plan into an empty database."""
    code = document["plan"]["code"]
    file = folder / f"{code}.yaml"
    # JSON is YAML too.
    file.write_text(json.dumps(document, ensure_ascii=False, default=str), "utf-8")
    run_dabiao(url, "migrate")
    run_dabiao(url, "load", str(file))
    key = run_dabiao(url, "key", "create", "--role", "reviewer", "--quiet").split()[-1]
    return Deployment(url=url, plan=code, key=key)


def city(*, review: str) -> dict[str, Any]:
    """The city's bundled plan with 1,232 figures: 7 indicators, 11 districts, 16 quarters."""
    text = (ROOT / "seeds" / "plans" / f"{CITY}.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    document["settings"] = document.get("settings", {}) | {"review": review}
    districts = [area["code"] for area in document["areas"] if area.get("in_sum")]
    document["observations"] = [
        {
            "indicator": indicator["code"],
            "area": area,
            "period": period,
            "value": city_value(indicator, place, number),
            "unit": indicator["unit"],
            "basis": basis_of(indicator),
            "source": {"publisher": "benchmark"},
        }
        for number, period in enumerate(QUARTERS)
        for indicator in document["indicators"]
        for place, area in enumerate(districts)
    ]
    return document


def basis_of(indicator: Mapping[str, Any]) -> str:
    """On which basis the benchmark reports an indicator."""
    bases = {"annual_flow": "ytd", "increment": "since_start", "level": "level"}
    return bases[indicator["accumulation"]]


def city_value(indicator: Mapping[str, Any], area: int, quarter: int) -> int:
    """A whole number that grows steadily; a running total starts again each year."""
    if indicator["accumulation"] == "annual_flow":
        year, part = divmod(quarter, 4)
        return (40 + area + 4 * year) * (part + 1)
    return (area + 1) * 10 + (quarter + 1) * (area % 3 + 2)
