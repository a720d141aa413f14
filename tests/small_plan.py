"""A small plan of a city with two districts, for what the bundled plans have no figures for."""

from collections.abc import Mapping
from typing import Any

from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import load_plan
from tests.conftest import NOW, Deployment

CODE = "small-plan"
SMALL = f"/api/v1/plans/{CODE}"
KINDS = {
    "revenue": ("亿元", "annual_flow", "ytd"),
    "research": ("亿元", "annual_flow", "ytd"),
    "workers": ("人", "increment", "since_start"),
    "firms": ("家", "level", "level"),
}

Entry = dict[str, Any]


def target(indicator: str, area: str, value: float, **changed: Any) -> Entry:
    """A target of at least so much by 2025, on a linear path."""
    unit = KINDS[indicator][0] if indicator in KINDS else "%"
    stated = {"comparator": "gte", "commitment": "stated", "deadline": "2025", "path": "linear"}
    return {
        "indicator": indicator,
        "area": area,
        "value": value,
        "unit": unit,
        **stated,
        **changed,
    }


def since(value: float, period: str = "2021") -> Entry:
    """The baseline of a target."""
    return {"baseline": {"value": value, "period": period}}


def figures(indicator: str, area: str, values: Mapping[str, float]) -> list[Entry]:
    """Published figures by period."""
    unit, _, basis = KINDS[indicator]
    source = {"publisher": "the city"}
    shared = {"indicator": indicator, "area": area, "unit": unit, "basis": basis, "source": source}
    return [{**shared, "period": period, "value": value} for period, value in values.items()]


def load_small(
    deployment: Deployment,
    *,
    targets: list[Entry],
    observations: list[Entry],
    breaks: Mapping[str, str] | None = None,
) -> str:
    """The path of the plan with these targets and published figures.

    ``breaks``: by indicator, the period from which its figures mean something else.
    """
    document = make_small(targets=targets, observations=observations, breaks=breaks)
    with deployment.database.write_transaction() as session:
        assert load_plan(session, document, now=NOW)
    return SMALL


def make_small(
    *,
    targets: list[Entry],
    observations: list[Entry],
    breaks: Mapping[str, str] | None = None,
) -> PlanDocument:
    """The plan as its file states it."""
    return PlanDocument.model_validate(
        {
            "format": "dabiao-plan/1",
            "plan": _header(),
            "areas": [
                _area("city", None),
                _area("east", "city"),
                _area("west", "city"),
                _area("port", "city", in_sum=False),
            ],
            "indicators": [*(_indicator(code, breaks or {}) for code in KINDS), *_derived()],
            "targets": targets,
            "observations": observations,
        }
    )


def get_small(deployment: Deployment, path: str, **query: Any) -> Any:
    """The answer to a read of the plan."""
    found = deployment.client.get(f"{SMALL}{path}", params=query)
    assert found.status_code == 200, found.text
    return found.json()


def _header() -> Entry:
    names = ("title_zh", "title_en", "publisher_zh", "publisher_en")
    return {
        "code": CODE,
        **dict.fromkeys(names, "小规划"),
        "start_date": "2022-01-01",
        "start_year": 2022,
        "end_year": 2025,
    }


def _area(code: str, parent: str | None, *, in_sum: bool = True) -> Entry:
    return {
        "code": code,
        "name_zh": code,
        "name_en": code,
        "parent": parent,
        "level": "city" if parent is None else "district",
        "reports": parent is not None,
        "in_sum": in_sum and parent is not None,
    }


def _indicator(code: str, breaks: Mapping[str, str]) -> Entry:
    unit, accumulation, _ = KINDS[code]
    checks = {"integer": unit != "亿元"}
    names = {"code": code, "name_zh": code, "name_en": code}
    said = {"text_zh": "统计范围扩大", "text_en": "a wider scope"}
    marks = [{"period": breaks[code], **said}] if code in breaks else []
    return {
        **names,
        "unit": unit,
        "accumulation": accumulation,
        "checks": checks,
        "breaks": marks,
    }


def _derived() -> list[Entry]:
    share, growth = (
        {"code": code, "name_zh": code, "name_en": code, "unit": "%"}
        for code in ("share", "growth")
    )
    parts = {"numerator": "research", "denominator": "revenue"}
    return [
        {**share, "measure": "ratio", "accumulation": "ratio", **parts},
        {**growth, "measure": "cagr", "accumulation": "annual_flow", "of": "revenue"},
    ]
