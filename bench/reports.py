"""Reports to post: each changes figures that are there, so that each is one write."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from bench.deployments import QUARTERS, Deployment, basis_of, city_value
from bench.instrument.client import request
from bench.plans import Indicator, Size

_INDICATORS = ("value_added", "rd_institutions", "new_software_workers", "industrial_space")
# Needless explanations are accepted, so every figure has one.
_EXPLANATION = "counted again"


def city_reports(document: dict[str, Any]) -> Iterator[str]:
    """Bodies of reports on the city's plan, without end: four figures of a district's quarter."""
    chosen = [each for each in document["indicators"] if each["code"] in _INDICATORS]
    districts = [area["code"] for area in document["areas"] if area.get("in_sum")]
    for number in count():
        turn, place = divmod(number, len(districts) * len(QUARTERS))
        quarter, area = divmod(place, len(districts))
        figures = [
            # Another value each turn, also where some were made and never sent.
            _figure(each["code"], city_value(each, area, quarter) + 1 + turn % 1000, each["unit"])
            | {"basis": basis_of(each)}
            for each in chosen
        ]
        yield _body(districts[area], QUARTERS[quarter], figures)


def large_reports(size: Size) -> Iterator[str]:
    """Bodies of reports on a large plan, without end: one figure of the last quarter."""
    each = Indicator(place=0)
    last = size.quarters - 1
    for number in count():
        turn, area = divmod(number, size.areas)
        value = each.value(area, last) + 1 + turn % 2
        figure = _figure(each.code, value, each.unit) | {"basis": each.basis}
        yield _body(size.area_codes[area], size.periods[last], [figure])


def posts(deployment: Deployment, bodies: Iterator[str], number: int) -> list[str]:
    """The next so many reports as requests."""
    path = f"{deployment.path}/reports"
    return [
        request(path, method="POST", headers=deployment.headers, body=next(bodies))
        for _ in range(number)
    ]


def _figure(code: str, value: int, unit: str) -> dict[str, Any]:
    return {"indicator": code, "value": value, "unit": unit}


def _body(area: str, period: str, figures: list[dict[str, Any]]) -> str:
    content = {
        "area": area,
        "period": period,
        "figures": figures,
        "explanations": {figure["indicator"]: _EXPLANATION for figure in figures},
        "correction_reason": _EXPLANATION,
    }
    return json.dumps(content, ensure_ascii=False)
