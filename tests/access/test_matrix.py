"""Every operation by every caller, as ``matrix.yaml`` says: the whole table, on both databases.

Whatever is refused changes nothing, and leaves one line in the security log, without a secret.
"""

import logging
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.database import Database
from app.formats.plans.plan_file import read_plan_file
from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import load_plan
from tests.access.twins import deployed_on
from tests.conftest import NOW, ROOT, Deployment
from tests.issuing import Provider, providing, rsa_key, sign
from tests.writing import BASES, CITY, NATION, report
from tests.yaml_files import read_yaml

MATRIX = read_yaml(Path(__file__).parent / "matrix.yaml")
CALLERS = MATRIX["callers"]
PLAN = CITY.rpartition("/")[2]
FLOW = "SHENZHEN_SOFTWARE_2025_GAP"
# The column that nobody without a key has where reads need one.
CLOSED = "closed"
# What each caller has. `elsewhere` has the role that the operation asks for.
KEYS: dict[str, dict[str, Any]] = {
    "reader": {"role": "reader"},
    "own": {"role": "reporter", "areas": ["nanshan"], "owner": "nanshan"},
    "other": {"role": "reporter", "areas": ["futian"], "owner": "futian"},
    "reviewer": {"role": "reviewer", "owner": "city"},
    "same_owner": {"role": "reviewer", "owner": "nanshan"},
    "administrator": {"role": "administrator", "owner": "bureau"},
    "unit": {"role": "reader", "responsible_unit": "industry_information_bureau"},
}
# Signed with a key that the provider does not have.
FORGED_BY = rsa_key(1)
UNKNOWN = {"Authorization": "Bearer dabiao_000000000000_notakey"}
NUMBERS = count(1)
Headers = dict[str, str]


class Office:
    """A deployment whose every caller has a key, and what an operation is tried on."""

    def __init__(self, deployment: Deployment, closed: Deployment, provider: Provider) -> None:
        self._tokens = {
            "token": provider.token(),
            "forged": sign(provider.claims(), FORGED_BY, kid="first"),
        }
        self.deployment, self.closed = deployment, closed
        assert isinstance(deployment.client.app, FastAPI)
        paths = deployment.client.app.openapi()["paths"]
        self._declared = {
            operation["operationId"]: set(operation["responses"])
            for item in paths.values()
            for operation in item.values()
        }
        self._keys = {
            name: deployment.key(each["role"], *each.get("areas", ()), **_rest(each))
            for name, each in KEYS.items()
        }
        self._elsewhere = {
            role: deployment.key(
                role, *(["nanshan"] if role == "reporter" else []), plan=NATION.rpartition("/")[2]
            )
            for role in ("reader", "reporter", "reviewer", "administrator")
        }

    def prepare(self, line: dict[str, Any]) -> dict[str, Any]:
        """An operation with all that it is tried on, newly made."""
        return {**line, "ask": self._fill(line["ask"]), "body": self._fill(line.get("body"))}

    def ask(self, line: dict[str, Any], caller: str) -> Any:
        """The answer of a prepared operation to a caller."""
        client = (self.closed if caller == CLOSED else self.deployment).client
        method, _, path = line["ask"].partition(" ")
        body = line["body"]
        content = {"content": body} if isinstance(body, str) else {"json": body}
        headers = self._headers(line, caller)
        if "type" in line:
            headers["Content-Type"] = line["type"]
        return client.request(method, path, headers=headers, **({} if body is None else content))

    @property
    def operations(self) -> set[str]:
        """Every operation of the contract."""
        return set(self._declared)

    def answers_of(self, name: str) -> set[str]:
        """The statuses that the contract declares for an operation."""
        return self._declared[name.partition(" ")[0]]

    def heads(self) -> Any:
        """Where every ledger is, and how many keys and hooks there are."""
        return _heads(self.deployment.database), _heads(self.closed.database)

    def secrets(self) -> list[str]:
        """The secret part of every key and token."""
        keys = [*self._keys.values(), *self._elsewhere.values(), UNKNOWN]
        signatures = [each.rpartition(".")[2] for each in self._tokens.values()]
        return [each["Authorization"].split("_", 2)[2] for each in keys] + signatures

    def _headers(self, line: dict[str, Any], caller: str) -> Headers:
        if caller in {"nobody", CLOSED}:
            return {}
        if caller == "unknown":
            return dict(UNKNOWN)
        if caller in self._tokens:
            return {"Authorization": f"Bearer {self._tokens[caller]}"}
        if caller == "elsewhere":
            role = KEYS[line.get("as", "administrator")]["role"]
            role = "reporter" if line["rule"] == "submitting" else role
            return dict(self._elsewhere[role])
        return dict(self._keys[caller])

    def _fill(self, wanted: Any) -> Any:
        """What is asked for, with everything in it that a trial needs anew."""
        if isinstance(wanted, dict):
            return {name: self._fill(each) for name, each in wanted.items()}
        if isinstance(wanted, list):
            return [self._fill(each) for each in wanted]
        if not isinstance(wanted, str) or "{" not in wanted:
            return wanted
        if wanted == "{figures}":
            return self._report()
        if wanted == "{number}":
            return next(NUMBERS)
        for name, make in {
            "{plan}": lambda: CITY,
            "{flow}": lambda: FLOW,
            "{number}": lambda: str(next(NUMBERS)),
            "{publication}": self._publication,
            "{report}": self._submit,
            "{hook}": self._hook,
            "{key}": self._key,
            "{tasks}": lambda: (
                f"indicator,area,year,value,reason\nvalue_added,nanshan,2025,"
                f"{next(NUMBERS)},review\n"
            ),
        }.items():
            if name in wanted:
                wanted = wanted.replace(name, make())
        return wanted

    def _report(self) -> dict[str, Any]:
        unit, basis = BASES["value_added"]
        value = 800 + next(NUMBERS) / 100
        new = {"indicator": "value_added", "value": value, "unit": unit, "basis": basis}
        return report(new, correction_reason="a recount")

    def _made(self, path: str, caller: str, body: dict[str, Any]) -> Any:
        made = self.deployment.client.post(path, json=body, headers=self._keys[caller])
        assert made.status_code == 201, made.text
        return made

    def _submit(self) -> str:
        sent = self._made(f"{CITY}/reports", "own", self._report())
        return str(sent.json()["report"]["id"])

    def _publication(self) -> str:
        name = f"p{next(NUMBERS)}"
        self._made(f"{CITY}/publications", "administrator", {"name": name})
        return name

    def _hook(self) -> str:
        body = {"url": "https://93.184.215.14/in", "events": ["approved"]}
        return str(self._made(f"{CITY}/hooks", "administrator", body).json()["id"])

    def _key(self) -> str:
        made = self._made("/api/v1/keys", "administrator", {"role": "reader", "plan": PLAN})
        return str(made.json()["id"])


def _rest(key: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in key.items() if name not in {"role", "areas"}}


def _heads(database: Database) -> Any:
    tables = ("report", "decision", "target", "publication", "hook", "api_key", "event_ticket")
    with database.engine.connect() as connection:
        heads = connection.execute(sa.text("SELECT code, revision, digest FROM plan ORDER BY code"))
        counts = (sa.select(sa.func.count()).select_from(sa.table(each)) for each in tables)
        return [*heads, *(connection.execute(each).scalar() for each in counts)]


# What is written rests on the database, who may read does not.
CASES = [
    (kind, name)
    for kind in ("sqlite", "postgres")
    for name, line in MATRIX["operations"].items()
    if kind == "sqlite" or not line["ask"].startswith(("GET", "HEAD"))
]


@pytest.fixture(scope="module")
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """Two deployments of one kind of database: one with open reads, one with closed ones."""
    folder = tmp_path_factory.mktemp
    with (
        providing() as provider,
        deployed_on(request, folder("open"), **provider.settings) as deployment,
        deployed_on(request, folder("closed"), read_access="key") as closed,
    ):
        document = read_plan_file(ROOT / "seeds/plans/shenzhen-software-2025.yaml").model_dump()
        document["plan"]["code"] = "closing"
        document["settings"]["deadlines"] |= {"closes_after_days": 10}
        with deployment.database.write_transaction() as session:
            load_plan(session, PlanDocument.model_validate(document), now=NOW)
        yield Office(deployment, closed, provider)


def _line(name: str) -> dict[str, Any]:
    return {"status": 200, **MATRIX["operations"][name]}


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_every_operation_has_a_line_in_the_table(office: Office) -> None:
    """A route that is added without a line fails here."""
    assert {name.split(" ")[0] for name in MATRIX["operations"]} == office.operations


def test_every_rule_has_a_cell_for_every_caller_and_every_refusal_a_status() -> None:
    for name, cells in MATRIX["rules"].items():
        assert len(cells) == len(CALLERS), name
        assert set(cells) - {"ok"} <= set(MATRIX["refusals"]), name
    assert {each["rule"] for each in MATRIX["operations"].values()} == set(MATRIX["rules"])


@pytest.mark.parametrize(("office", "name"), CASES, indirect=["office"])
def test_an_operation_answers_every_caller_as_the_table_says(
    office: Office, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    line = _line(name)
    # What a trial is made on is made by those who may, which is not what is looked at.
    for caller, cell in zip(CALLERS, MATRIX["rules"][line["rule"]], strict=True):
        with caplog.at_level(logging.INFO, "dabiao"):
            prepared = office.prepare(line)
            before = office.heads()
            caplog.clear()
            answer = office.ask(prepared, caller)
        assert str(answer.status_code) in office.answers_of(name), (caller, answer.text)
        lines = [each for each in caplog.records if each.name == "dabiao.security"]
        if cell == "ok":
            assert answer.status_code == line["status"], (caller, answer.text)
            assert lines == []
            continue
        assert answer.status_code == MATRIX["refusals"][cell], (caller, answer.text)
        assert office.heads() == before, caller
        if cell == "not_listed":
            assert (answer.json()["code"], lines) == ("not_found", [])
            continue
        # An answer to HEAD has no body.
        assert not answer.content or answer.json()["code"] == cell, caller
        (logged,) = lines
        facts = vars(logged)["facts"]
        kind = "authentication" if answer.status_code == 401 else "authorisation"
        assert (facts["event"], facts["code"]) == (f"{kind}_failed", cell)
        assert facts["request_id"] == answer.headers["x-request-id"]
        assert ("owner" in facts) is (caller not in {"nobody", CLOSED, "unknown", "forged"})
        assert [each for each in office.secrets() if each in repr(facts) + caplog.text] == []
