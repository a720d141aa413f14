"""What a report asks of the database does not grow with the plan.

SQLite plans a query without looking at how many rows there are, so its plan here is its plan for
a million figures.
"""

from typing import Any

from sqlalchemy import event

from tests.conftest import Deployment
from tests.writing import decide, figure, submit

# Tables that grow with every report.
GROWING = ("observation", "figure", "ledger", "ledger_part", "report", "decision")


def _goes_through(step: str) -> bool:
    """Whether a step of a plan reads a growing table of a plan from end to end."""
    words = step.split()
    if words[0] not in {"SCAN", "SEARCH"} or words[1] not in GROWING:
        return False
    return words[0] == "SCAN" or step.endswith("(plan=?)")


def test_no_query_of_a_report_goes_through_the_figures_of_the_plan(api: Deployment) -> None:
    asked: dict[str, Any] = {}

    def note(_1: Any, _2: Any, statement: str, given: Any, _3: Any, is_many: bool) -> None:  # noqa: FBT001
        asked.setdefault(statement, given[0] if is_many else given)

    reporter = api.key("reporter", "nanshan", owner="nanshan")
    reviewer = api.key("reviewer")
    event.listen(api.database.engine, "before_cursor_execute", note)
    try:
        for value in (1000, 1100):
            sent = submit(api, reporter, figure(value=value), correction_reason="counted again")
            assert sent.status_code == 201
            assert decide(api, reviewer, sent, "approve").status_code == 200
    finally:
        event.remove(api.database.engine, "before_cursor_execute", note)
    queries = [text for text in asked if text.lstrip().startswith(("SELECT", "WITH"))]
    assert len(queries) > 10
    with api.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        plans = {
            text: [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {text}", asked[text])]
            for text in queries
        }
    found = {text: plan for text, plan in plans.items() if any(map(_goes_through, plan))}
    assert found == {}
