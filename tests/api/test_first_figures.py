"""First figures are asked about where they can hardly be right, and slips from the second on."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.small_plan import figures, load_small, since, target
from tests.writing import CITY, figure, report, submit

Headers = dict[str, str]


def _send(deployment: Deployment, area: str, sent: dict[str, Any], **changed: object) -> Any:
    """A report without any explanation."""
    headers = deployment.key("reviewer", owner="city")
    body = report(sent, area=area, explanations={}, **changed)
    return deployment.client.post(f"{CITY}/reports", json=body, headers=headers)


def _asked(answer: Any) -> list[str]:
    """The codes of the questions that an answer asks."""
    if answer.status_code in {200, 201}:
        return []
    assert (answer.status_code, answer.json()["code"]) == (422, "explanation_required")
    return [each["code"] for each in answer.json()["errors"]]


def test_five_for_the_whole_city_beside_1200_of_a_district_a_year_before(
    deployment: Deployment,
) -> None:
    assert _asked(_send(deployment, "nanshan", figure(value=1200), period="2023-Q4")) == []
    answer = _send(deployment, "shenzhen", figure(value=5), period="2024-Q4")
    assert _asked(answer) == ["implausible_first"]
    (found,) = answer.json()["errors"]
    assert found["facts"] == {
        "value": "5",
        "unit": "亿元",
        "period": "2024-Q4",
        "against": "part",
        "reference": "1200",
        "reference_area": "nanshan",
        "reference_period": "2023-Q4",
    }
    assert found["message"] == (
        "value_added: 5 亿元 at 2024-Q4 is the first figure here, but it is less than that of "
        "nanshan, a part of this area (1200 亿元 at 2023-Q4). Check the value and the unit. "
        "Correct it, or explain it."
    )
    explained = submit(
        deployment,
        deployment.key("reviewer", owner="city"),
        figure(value=5),
        area="shenzhen",
        period="2024-Q4",
    )
    assert explained.status_code == 201


def test_9800_then_a_million_then_100_is_asked_about_each_time(deployment: Deployment) -> None:
    first = figure(value=9800)
    assert _asked(_send(deployment, "nanshan", first, period="2023-Q4")) == ["implausible_first"]
    values = {"2023-Q4": 9800, "2024-Q1": 1000000, "2024-Q2": 100}
    told = {}
    for period, value in values.items():
        told[period] = _asked(_send(deployment, "nanshan", figure(value=value), period=period))
        key = deployment.key("reporter", "nanshan")
        assert submit(deployment, key, figure(value=value), period=period).status_code == 201
    assert told == {
        "2023-Q4": ["implausible_first"],
        "2024-Q1": ["scale_slip"],
        "2024-Q2": ["running_total_fell", "scale_slip"],
    }


def test_corrections_of_the_only_figure_are_asked_about_too(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan")
    assert submit(deployment, key, figure(value=812.4)).status_code == 201
    slipped = _send(deployment, "nanshan", figure(value=81240), correction_reason="recount")
    assert _asked(slipped) == ["scale_slip", "implausible_first"]
    better = _send(deployment, "nanshan", figure(value=813), correction_reason="recount")
    assert better.status_code == 201


def test_a_unit_too_few_or_too_many_beside_the_other_districts(deployment: Deployment) -> None:
    for area, value in (("futian", 400), ("baoan", 90), ("longhua", 35)):
        assert _asked(_send(deployment, area, figure(value=value))) == []
    # 812.4 亿元, typed with the wrong unit.
    few = _send(deployment, "nanshan", figure(value=812.4, unit="万元"))
    assert _asked(few) == ["implausible_first"]
    assert few.json()["errors"][0]["facts"]["against"] == "smallest"
    many = _send(deployment, "nanshan", figure(value=812.4, unit="万亿元"))
    assert many.json()["errors"][0]["facts"]["against"] == "target"
    # The largest district and the smallest are what they are.
    assert _asked(_send(deployment, "nanshan", figure(value=812.4))) == []
    assert _asked(_send(deployment, "dapeng", figure(value=0.9))) == []


def test_a_file_of_many_areas_is_held_against_itself(deployment: Deployment) -> None:
    values = {"baoan": "90", "futian": "400", "longhua": "35", "nanshan": "0.08124"}
    rows = [f"{area},2024-Q3,value_added,{value},亿元,ytd" for area, value in values.items()]
    body = "\n".join(["area,period,indicator,value,unit,basis", *rows]).encode()
    headers = deployment.key("reviewer") | {"content-type": "text/csv", "Accept-Language": "zh"}
    path = f"{CITY}/reports/batch"
    answer = deployment.client.post(path, content=body, headers=headers)
    assert _asked(answer) == ["implausible_first"]
    assert answer.json()["errors"][0]["message"].startswith(
        "软件与信息服务产业集群增加值：2024-Q3 的 0.08124 亿元为首次报送的数据，"
        "但其他地区的最小值也在其 100 倍以上（龙华区 在 2024-Q3 为 35 亿元）。"
    )


@pytest.mark.parametrize(
    ("indicator", "area", "value", "asked"),
    [
        # The city's own figure of 2024-Q4 is 500: twice as much is no part of it a year later.
        ("revenue", "east", 1000, []),
        ("revenue", "east", 1001, ["implausible_first"]),
        # Of workers there is only the target of the whole city, 90,000.
        ("workers", "west", 90000, []),
        ("workers", "west", 90001, ["implausible_first"]),
        # Firms are to become fewer: more than the target is how they begin.
        ("firms", "west", 400, []),
    ],
)
def test_the_target_and_the_citys_own_figure_of_another_plan(
    deployment: Deployment, indicator: str, area: str, value: int, asked: list[str]
) -> None:
    falling = {"comparator": "lte", "direction": "decrease"}
    path = load_small(
        deployment,
        targets=[
            target("revenue", "city", 5000, **since(400)),
            target("workers", "city", 90000),
            target("firms", "city", 100, **falling, **since(500)),
        ],
        observations=figures("revenue", "city", {"2024-Q4": 500}),
    )
    kind = {"revenue": ("亿元", "ytd"), "workers": ("人", "since_start"), "firms": ("家", "level")}
    unit, basis = kind[indicator]
    sent = {"indicator": indicator, "value": value, "unit": unit, "basis": basis}
    body = {"area": area, "period": "2025-Q4", "figures": [sent]}
    key = deployment.key("reviewer", plan="small-plan")
    assert _asked(deployment.client.post(f"{path}/reports", json=body, headers=key)) == asked
