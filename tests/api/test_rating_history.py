"""How a target's rating went, by the figures known now: spells, days, what it recovered from."""

from typing import Any

from tests.conftest import Deployment
from tests.writing import CITY, NATION, decide, figure, submit


def _report(deployment: Deployment, period: str, value: float, **more: Any) -> None:
    """A figure of the city's own, official."""
    sent = submit(
        deployment,
        deployment.key("reporter", "shenzhen", owner="city"),
        figure(value=value),
        area="shenzhen",
        period=period,
        **more,
    )
    decide(deployment, deployment.key("reviewer"), sent, "approve")


def _detail(deployment: Deployment, plan: str, indicator: str, **query: str) -> Any:
    found = deployment.client.get(f"{plan}/gaps/{indicator}", params=query)
    assert found.status_code == 200, found.text
    return found.json()


def test_a_target_that_caught_up_says_what_it_recovered_from(deployment: Deployment) -> None:
    for period, value in (("2022-Q4", 2350), ("2023-Q4", 3200), ("2024-Q4", 3700)):
        _report(deployment, period, value)
    found = _detail(deployment, CITY, "value_added")
    assert found["rating_history"] == [
        {"rating": "off_track", "from_period": "2022-Q4", "to_period": "2022-Q4", "days": 365},
        {"rating": "on_track", "from_period": "2023-Q4", "to_period": "2024-Q4", "days": 366},
    ]
    assert found["recovered_from"] == "off_track"
    assert "recovered" in found["flags"]
    earlier = _detail(deployment, CITY, "value_added", period="2022-Q4")
    assert [each["rating"] for each in earlier["rating_history"]] == ["off_track"]
    assert earlier["recovered_from"] is None
    assert earlier["reasons"]["recovered_from"] == "not_applicable"


def test_a_correction_of_the_past_rewrites_the_history_but_not_as_of_then(
    deployment: Deployment,
) -> None:
    _report(deployment, "2022-Q4", 2350)
    _report(deployment, "2023-Q4", 3200)
    before = deployment.client.get(f"{CITY}/ledger/head").json()["revision"]
    _report(deployment, "2022-Q4", 2700, correction_reason="the census")
    now = _detail(deployment, CITY, "value_added")
    assert [each["rating"] for each in now["rating_history"]] == ["on_track"]
    assert now["recovered_from"] is None
    then = _detail(deployment, CITY, "value_added", as_of=str(before))
    assert then["recovered_from"] == "off_track"


def test_growth_targets_have_a_history_too(api: Deployment) -> None:
    growth = next(
        each["indicator"]
        for each in api.client.get(f"{NATION}/targets").json()["items"]
        if each["unit"] == "%" and each["actual"] is not None
    )
    spells = _detail(api, NATION, growth)["rating_history"]
    assert spells
    assert spells[-1]["rating"] == "achieved"


def test_without_figures_there_is_no_history(api: Deployment) -> None:
    found = _detail(api, CITY, "value_added")
    assert (found["rating_history"], found["recovered_from"]) == ([], None)
