"""An answer of success means committed: a commit that fails is never told as one."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import Deployment
from tests.writing import CITY, decide, figure, nothing_stored, report, submit

# A promise that is checked at COMMIT, and that every new ledger entry breaks.
BROKEN_PROMISE = (
    "CREATE TABLE promise (id INTEGER PRIMARY KEY)",
    "CREATE TABLE broken (id INTEGER REFERENCES promise (id) DEFERRABLE INITIALLY DEFERRED)",
)
ON_SQLITE = (
    "CREATE TRIGGER break AFTER INSERT ON ledger BEGIN INSERT INTO broken VALUES (1); END",
)
ON_POSTGRES = (
    """CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO broken VALUES (1); RETURN NULL; END $$""",
    "CREATE TRIGGER break AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION break()",
)


def _execute(deployment: Deployment, *statements: str) -> None:
    with deployment.database.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize("write", ["submit", "approve", "return", "withdraw", "targets"])
def test_a_commit_that_fails_is_never_acknowledged(deployment: Deployment, write: str) -> None:
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    administrator = deployment.key("administrator")
    waiting = submit(deployment, nanshan, figure())
    target = {"indicator": "value_added", "value": 4500, "reason": "the mid-term review"}

    def attempt() -> Any:
        if write == "submit":
            body = report(figure(value=5), period="2024-Q2")
            return deployment.client.post(f"{CITY}/reports", json=body, headers=nanshan)
        if write == "targets":
            return deployment.client.post(f"{CITY}/targets", json=target, headers=administrator)
        headers = nanshan if write == "withdraw" else reviewer
        return decide(deployment, headers, waiting, write)

    is_sqlite = deployment.database.is_sqlite
    _execute(deployment, *BROKEN_PROMISE, *(ON_SQLITE if is_sqlite else ON_POSTGRES))
    with nothing_stored(deployment):
        answer = attempt()
        assert answer.status_code >= 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert "location" not in answer.headers
        assert "promise" not in answer.text
        # Reads go on, on the old state.
        assert deployment.client.get(f"{CITY}/overview").status_code == 200
    _execute(deployment, "DROP TRIGGER break" + ("" if is_sqlite else " ON ledger"))
    assert attempt().status_code in {200, 201}
