"""Whatever is written afterwards, an answer as of a revision or an instant stays as it was.

Random histories of every kind of write; the answers that were given on the way are asked for
again at the end, and once more from the ledger replayed in the other kind of database.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli.commands import main
from tests.conftest import IS_SOAK, Deployment
from tests.writing import BASES, CITY, empty_database, figure, head, missing, report

PLAN = "shenzhen-software-2025"
WRITES = 2000 if IS_SOAK else 150
AREAS = ["nanshan", "futian", "luohu"]
PERIODS = [f"{year}-Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4)]
READS = [
    "/overview?",
    "/gaps?",
    "/gaps?start_period=2023-Q3&end_period=2024-Q2&area=shenzhen&explain=true&",
    "/gaps?format=csv&area=nanshan&",
    "/gaps/value_added?",
    "/gaps/industrial_space?period=2024-Q2&",
    "/observations?include_history=true&area=nanshan&",
    "/observations?release=first&",
    "/targets?",
    "/targets/value_added?",
    "/completeness?period=2024-Q2&",
    "/publications?",
    "/reconciliation?",
    "/periods?",
    "/goals?",
    "/actions?",
    "/ledger?offset=1&limit=20&",
    "/ledger/head?",
]


@dataclass
class Historian:
    """Writes at random, and remembers what was answered on the way."""

    deployment: Deployment
    chance: random.Random
    remembered: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    written: int = 0

    def __post_init__(self) -> None:
        key = self.deployment.key
        self.reporters = {area: key("reporter", area, owner=area) for area in AREAS}
        self.reviewer = key("reviewer", owner="city")
        self.administrator = key("administrator", owner="planning")

    def write(self) -> None:
        """One write that makes a revision."""
        kinds: list[Callable[[], Any]] = [self._submit] * 6 + [self._decide] * 6
        kinds += [self._target, self._progress, self._extend, self._publish]
        self.deployment.clock.now += timedelta(hours=self.chance.randrange(1, 30))
        before = self.written
        while self.written == before:
            answer = self.chance.choice(kinds)()
            if answer is not None and answer.status_code in {200, 201}:
                self.written += 1

    def remember(self) -> None:
        """Ask as of the present revision and of this instant, for later."""
        head = self.deployment.client.get(f"{CITY}/ledger/head").json()
        for at in (head["revision"], head["recorded_at"]):
            url = f"{CITY}{self.chance.choice(READS)}as_of={at}"
            self.remembered[url] = _ask(self.deployment, url)

    def _submit(self) -> Any:
        area, choose = self.chance.choice(AREAS), self.chance
        figures = [
            missing(indicator, "withheld")
            if choose.random() < 0.1
            else figure(indicator, choose.randrange(1, 2000))
            for indicator in choose.sample(sorted(BASES), choose.randint(1, 3))
        ]
        body = report(
            *figures,
            area=area,
            period=choose.choice(PERIODS),
            correction_reason=f"recount {choose.randrange(100)}",
        )
        answer = self._post("reports", body, self.reporters[area])
        if answer.status_code != 201:
            return None
        self.waiting.append(answer.headers["location"])
        return answer

    def _decide(self) -> Any:
        if not self.waiting:
            return None
        place = self.waiting.pop(self.chance.randrange(len(self.waiting)))
        action = self.chance.choice(["approve", "approve", "approve", "return"])
        body = {"reason_code": "other", "reason": "look again"} if action == "return" else None
        return self.deployment.client.post(f"{place}/{action}", json=body, headers=self.reviewer)

    def _target(self) -> Any:
        body = {
            "indicator": self.chance.choice(sorted(BASES)),
            "area": self.chance.choice([*AREAS, "shenzhen"]),
            "value": self.chance.randrange(100, 9000),
            "valid_from": self.chance.choice([None, *PERIODS]),
            "reason": "agreed",
        }
        answer = self._post("targets", body, self.administrator)
        return answer if answer.status_code == 201 else None

    def _progress(self) -> Any:
        status = self.chance.choice(["in_progress", "delayed", "completed"])
        body = {"status": status, "note": f"note {self.written}"}
        return self._post("progress/t1", body, self.administrator)

    def _extend(self) -> Any:
        body = {
            "area": self.chance.choice(AREAS),
            "period": self.chance.choice(PERIODS),
            "until": (self.deployment.clock.now + timedelta(days=9)).date().isoformat(),
            "reason": "flood",
        }
        return self._post("extensions", body, self.administrator)

    def _publish(self) -> Any:
        return self._post("publications", {"name": f"p{self.written}"}, self.administrator)

    def _post(self, path: str, body: object, headers: dict[str, str]) -> Any:
        return self.deployment.client.post(f"{CITY}/{path}", json=body, headers=headers)


def _ask(deployment: Deployment, url: str) -> tuple[bytes, str]:
    answer = deployment.client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.content, answer.headers["etag"]


def _assert_unchanged(deployment: Deployment, historian: Historian) -> None:
    for url, known in historian.remembered.items():
        assert _ask(deployment, url) == known, url


def _run(url: str, *arguments: str) -> str:
    done = CliRunner().invoke(main, arguments, env={"DABIAO_DATABASE_URL": url})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("seed", range(2))
def test_no_past_answer_ever_changes(deployment: Deployment, seed: int) -> None:
    historian = Historian(deployment, random.Random(seed))  # noqa: S311 - not a secret
    for _ in range(30):
        historian.write()
        historian.remember()
    _assert_unchanged(deployment, historian)


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("other", ["postgres"], indirect=True)
def test_random_writes_replayed_elsewhere_give_every_past_answer(
    api: Deployment,
    deploy: Callable[..., Deployment],
    other: str,
    tmp_path: Path,
) -> None:
    historian = Historian(api, random.Random(2022))  # noqa: S311 - not a secret
    # Within one loop of events, where each request would start one of its own.
    with api.client:
        for turn in range(WRITES):
            historian.write()
            if turn % 25 == 0:
                historian.remember()
        _assert_unchanged(api, historian)
    assert _run(api.database.url, "verify", PLAN) == f"{PLAN}: matches its ledger\n"
    archive = str(tmp_path / "city.jsonl")
    _run(api.database.url, "export", PLAN, "--output", archive)
    digest = head(api)["digest"]
    assert digest in _run(other, "import", archive)
    replayed = deploy(other)
    replayed.clock.now = api.clock.now
    _assert_unchanged(replayed, historian)


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The address of an empty database of the other kind."""
    with empty_database(request, tmp_path) as database:
        yield sa.make_url(database.url).render_as_string(hide_password=False)
