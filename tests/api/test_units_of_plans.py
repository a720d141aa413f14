"""A plan's own units, from a line of its file to every answer: energy in 吨标准煤, kWh and 吉焦."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.checks.figure import MAGNITUDE_LIMIT
from app.domain.checks.unit import convert, has_room, units_of_dimension
from app.errors.plans import RuleInUse
from app.schemas.document.plan import PlanDocument
from app.schemas.document.references import find_reference_faults
from app.services.plans.loading import load_plan
from app.services.plans.revisions import revise_plan
from app.tables.base import ExactValue
from tests.conftest import NOW, Deployment
from tests.small_plan import CODE, SMALL, get_small, make_small

UNITS = [
    {"symbol": "吉焦", "dimension": "energy", "factor": "1000", "name_en": "gigajoules"},
    {"symbol": "kWh", "dimension": "energy", "factor": "3.6"},
    {"symbol": "吨标准煤", "dimension": "energy", "factor": "29307.6"},
    {"symbol": "份", "dimension": "count", "factor": "1"},
]


def _document(*, units: list[dict[str, str]] | None = None) -> PlanDocument:
    """The small plan, which counts firms in 份 here and energy in 吉焦."""
    small = make_small(targets=[], observations=[]).model_dump(mode="json")
    energy = {"code": "energy", "name_zh": "能耗", "name_en": "Energy", "unit": "吉焦"}
    small["indicators"] += [{**energy, "accumulation": "level"}]
    small["units"] = UNITS if units is None else units
    target: dict[str, Any] = {
        "indicator": "energy",
        "area": "city",
        "value": 10,
        "unit": "吨标准煤",
    }
    target |= {"comparator": "lte", "commitment": "stated", "deadline": "2025", "path": "linear"}
    small["targets"] = [target | {"baseline": {"value": 20, "period": "2021"}}]
    source = {"publisher": "the city"}
    seen = {"indicator": "energy", "area": "city", "period": "2023-Q4", "basis": "level"}
    small["observations"] = [seen | {"value": 12.5, "unit": "吨标准煤", "source": source}]
    return PlanDocument.model_validate(small)


@pytest.fixture
def plan(deployment: Deployment) -> Deployment:
    document = _document()
    assert find_reference_faults(document) == []
    with deployment.database.write_transaction() as session:
        assert load_plan(session, document, now=NOW)
    return deployment


def _report(deployment: Deployment, value: float, unit: str) -> Any:
    figure = {"indicator": "energy", "value": value, "unit": unit, "basis": "level"}
    body = {
        "area": "east",
        "period": "2024-Q1",
        "figures": [figure],
        "explanations": {"energy": "the first of its kind"},
    }
    reporter = deployment.key("reporter", "east", owner="east", plan=CODE)
    return deployment.client.post(f"{SMALL}/reports", json=body, headers=reporter)


def test_targets_and_figures_are_converted_by_the_plans_factors(plan: Deployment) -> None:
    (row,) = get_small(plan, "/gaps", indicator="energy", area="city")["items"]
    assert (row["unit"], row["target"], row["baseline"]) == ("吉焦", 293.076, 586.152)
    assert (row["actual"], row["gap"], row["progress_percent"]) == (366.345, 73.269, 75)
    (seen,) = get_small(plan, "/observations", indicator="energy")["items"]
    assert (seen["reported_value"], seen["reported_unit"]) == (12.5, "吨标准煤")


@pytest.mark.parametrize(
    ("value", "unit", "stored"),
    [
        (123456789.123456, "kWh", 444444.4408444416),
        (1234567.89012345, "吉焦", 1234567.89012345),
        (12345.1234567812, "吨标准煤", None),
    ],
)
def test_reports_are_taken_in_every_unit_of_the_plan(
    plan: Deployment, value: float, unit: str, stored: float | None
) -> None:
    found = _report(plan, value, unit)
    if stored is None:
        # Ten decimals are more than a figure may have, in whatever unit.
        assert [each["code"] for each in found.json()["errors"]] == ["precision"]
        return
    assert found.status_code == 201, found.text
    reviewer = plan.key("reviewer", owner="reviewer", plan=CODE)
    approved = plan.client.post(f"{found.headers['location']}/approve", headers=reviewer)
    assert approved.status_code == 200
    (seen,) = get_small(plan, "/observations", indicator="energy", area="east")["items"]
    assert (seen["value"], seen["reported_value"]) == (stored, value)


def test_a_unit_of_another_dimension_is_refused_with_those_of_the_plan(plan: Deployment) -> None:
    found = _report(plan, 5, "份")
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert error["code"] == "unit_not_allowed"
    assert "kWh" in error["message"]


def test_a_target_is_revised_in_a_unit_of_the_plan(plan: Deployment) -> None:
    headers = plan.key("administrator", plan=CODE)
    body = {"indicator": "energy", "value": 100, "unit": "kWh", "reason": "stricter"}
    sent = plan.client.post(f"{SMALL}/targets", json=body, headers=headers)
    assert sent.status_code == 201, sent.text
    assert sent.json()["targets"][0]["value"] == 0.36


def test_forms_files_briefings_and_sdmx_know_them(plan: Deployment) -> None:
    headers = plan.key("reporter", "east", owner="east", plan=CODE)
    query = {"area": "east", "period": "2024-Q1"}
    form = plan.client.get(f"{SMALL}/reports/template", params=query, headers=headers)
    assert form.status_code == 200
    text = "area,period,indicator,value,unit,basis\neast,2024-Q1,energy,36,kWh,level\n"
    sent = plan.client.post(
        f"{SMALL}/reports/batch?dry_run=true",
        content=text.encode(),
        headers={**headers, "Content-Type": "text/csv"},
    )
    assert sent.status_code == 200, sent.text
    for language in ("en", "zh"):
        briefing = {"period": "2023-Q4", "format": "html", "lang": language}
        page = plan.client.get(f"{SMALL}/briefing", params=briefing)
        assert "吉焦" in page.text
    flow = "SMALL_PLAN_GAP"
    data = plan.client.get(
        f"/sdmx/v2/data/dataflow/*/{flow}/*/*", headers={"Accept": "application/vnd.sdmx.data+csv"}
    )
    assert data.status_code == 200, data.text
    assert "U5409_7126" in data.text
    codes = plan.client.get(
        "/sdmx/v2/structure/codelist/*/CL_SMALL_PLAN_UNIT/*", headers={"Accept": "application/json"}
    )
    assert codes.status_code == 200, codes.text
    assert '"kWh"' in codes.text
    assert "gigajoules" in codes.text


@pytest.mark.parametrize(
    ("units", "rules"),
    [
        ([*UNITS, {"symbol": "万元", "dimension": "yuan", "factor": "10000"}], ["unit_twice"]),
        ([*UNITS, UNITS[1]], ["unit_twice"]),
        (UNITS[:2] + UNITS[3:], ["unit_of_indicator", "unit_of_indicator"]),
        (UNITS[1:], ["unknown_unit"]),
    ],
)
def test_a_unit_is_declared_once_and_where_it_is_used(
    units: list[dict[str, str]], rules: list[str]
) -> None:
    assert [each.rule for each in find_reference_faults(_document(units=units))] == rules


def test_a_declared_unit_keeps_its_factor(plan: Deployment) -> None:
    other = [*UNITS[:2], {**UNITS[2], "factor": "29271"}, UNITS[3]]
    more = [*UNITS, {"symbol": "万kWh", "dimension": "energy", "factor": "36000"}]
    with plan.database.write_transaction() as session:
        for units in (other, UNITS[:3]):
            with pytest.raises(RuleInUse):
                revise_plan(session, _document(units=units), reason="again", now=NOW)
        assert revise_plan(session, _document(units=more), reason="one more", now=NOW) == 1


NUMBERS = (
    "123456789012345",
    "1234567.89012345",
    "0.00000001",
    "999999999999999",
    "-9876543.2100001",
)


def test_fifteen_digits_are_stored_in_every_unit(plan: Deployment) -> None:
    known = _document().known_units
    converted = [
        convert(Decimal(number), from_unit=unit, to_unit=own, units=known)
        for own in known
        for unit in units_of_dimension(own, known)
        for number in NUMBERS
    ]
    wanted = [each for each in converted if abs(each) < MAGNITUDE_LIMIT and has_room(each)]
    assert len(wanted) > 100
    table = sa.Table(
        "kept",
        sa.MetaData(),
        sa.Column("place", sa.Integer),
        sa.Column("value", ExactValue),
        prefixes=["TEMPORARY"],
    )
    with plan.database.engine.connect() as connection:
        table.create(connection)
        rows = [{"place": place, "value": value} for place, value in enumerate(wanted)]
        connection.execute(sa.insert(table), rows)
        found = connection.execute(sa.select(table.c.value).order_by(table.c.place)).scalars()
        assert list(found) == wanted
        connection.rollback()
