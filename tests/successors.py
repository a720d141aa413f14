"""A plan that follows the small plan, with figures of both that are worked out by hand."""

import json
from typing import Any

from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import load_plan
from tests.conftest import NOW, ROOT, Deployment
from tests.small_plan import CODE, figures, make_small, since, target

NEXT = "small-plan-2030"
NEXT_PLAN = f"/api/v1/plans/{NEXT}"
CASES: dict[str, Any] = json.loads((ROOT / "tests/cases/succession_cases.json").read_text("utf-8"))


def make_earlier() -> PlanDocument:
    """The plan that came before, with the figures of its last two years."""
    observations = [
        each
        for indicator, areas in CASES["earlier"].items()
        for area, values in areas.items()
        for each in figures(indicator, area, values)
    ]
    return make_small(
        targets=[target("revenue", "city", 200, **since(100))], observations=observations
    )


def make_later(*, with_figures: bool = True, **header: Any) -> PlanDocument:
    """The plan that follows, in which revenue is called turnover."""
    document = make_earlier().model_dump(mode="json")
    document["plan"] |= {
        "code": NEXT,
        "start_date": "2026-01-01",
        "start_year": 2026,
        "end_year": 2030,
        "follows": CODE,
        "follows_indicators": {"turnover": "revenue"},
        **header,
    }
    text = json.dumps(document["indicators"]).replace('"revenue"', '"turnover"')
    document["indicators"] = json.loads(text)
    document["targets"] = [
        target("revenue", "city", 300, **since(180, "2025"))
        | {"indicator": "turnover", "deadline": "2030", "path": "geometric"}
    ]
    document["observations"] = [
        each | {"indicator": indicator}
        for indicator, areas in CASES["later"].items()
        for area, values in areas.items()
        for each in figures({"turnover": "revenue"}.get(indicator, indicator), area, values)
    ]
    if not with_figures:
        document["observations"] = []
    return PlanDocument.model_validate(document)


def load_both(deployment: Deployment, *, with_figures: bool = True) -> None:
    """Load the plan before, then the one that follows; in the new plan's second quarter."""
    deployment.clock.now = NOW.replace(month=4, day=10)
    for document in (make_earlier(), make_later(with_figures=with_figures)):
        with deployment.database.write_transaction() as session:
            assert load_plan(session, document, now=NOW)
