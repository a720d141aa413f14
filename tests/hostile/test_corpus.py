"""The corpus of hostile inputs: each has its exact answer, and harms nothing that is read.

After every input the canaries are read, and the heads of the ledgers have not moved. A new input
is a line in the file of its kind.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.access.twins import deployed_on
from tests.conftest import Deployment
from tests.hostile.asking import KINDS, read_kind, send, told
from tests.writing import CITY, NATION

CANARIES = (f"{NATION}/gaps?limit=1", f"{CITY}/observations?view=provisional")
LEAST = 500


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def attacked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Deployment, dict[str, str]]]:
    with deployed_on(request, tmp_path_factory.mktemp("attacked")) as deployment:
        yield deployment, deployment.key("reviewer", owner="city")


def _heads(deployment: Deployment) -> list[Any]:
    with deployment.database.engine.connect() as connection:
        heads = sa.text("SELECT code, revision, digest FROM plan ORDER BY code")
        return list(connection.execute(heads))


@pytest.mark.parametrize("name", KINDS)
def test_every_input_has_its_answer_and_changes_nothing(
    attacked: tuple[Deployment, dict[str, str]], name: str
) -> None:
    deployment, key = attacked
    kind, before, wrong = read_kind(name), _heads(deployment), []
    for text, answer in kind["inputs"]:
        found = told(send(deployment, key, kind, text))
        reads = {deployment.client.get(path, headers=key).status_code for path in CANARIES}
        if (found, reads, _heads(deployment)) != (str(answer), {200}, before):
            wrong.append((text[:80], answer, found, reads))
    assert wrong == []


def test_there_are_as_many_as_promised_and_each_once() -> None:
    kinds = {name: [text for text, _ in read_kind(name)["inputs"]] for name in KINDS}
    assert sum(map(len, kinds.values())) >= LEAST
    assert [name for name, texts in kinds.items() if len(set(texts)) < len(texts)] == []
