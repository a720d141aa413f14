"""A completed plan: new figures need an extension, corrections go on with a reason."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, load_small, since, target

KINDS = {"revenue": ("亿元", "ytd"), "firms": ("家", "level")}
CLOSED = {
    "en": "The plan is completed: the figures for the deadlines of all targets are in, so 2025-Q4 "
    "has been closed for new figures since 2026-01-16. To report one, ask an administrator to "
    "extend the deadline for your area, and give the reason. Figures on record can still be "
    "corrected.",
    "zh": "规划已完成，各项目标到期时期的数据均已齐备，自 2026-01-16 起不再接受 2025-Q4 的新数据。"
    "如需补报，请说明原因，向管理员申请延期。已有数据仍可更正，须填写更正原因。",
}


def _load(deployment: Deployment, *, west: bool = True) -> None:
    found = figures("revenue", "east", {"2025-Q4": 120})
    found += figures("revenue", "west", {"2025-Q4": 90}) if west else []
    load_small(
        deployment, targets=[target("revenue", "city", 200, **since(100))], observations=found
    )
    state = deployment.client.get(SMALL).json()["state"]
    assert state == ("completed" if west else "ended")


def _send(
    deployment: Deployment,
    indicator: str,
    value: float,
    *,
    language: str = "en",
    query: str = "",
    **changed: Any,
) -> Any:
    unit, basis = KINDS[indicator]
    figure = {"indicator": indicator, "value": value, "unit": unit, "basis": basis}
    body = {"area": "east", "period": "2025-Q4", "figures": [figure], **changed}
    headers = {**deployment.key("reporter", "east"), "accept-language": language}
    return deployment.client.post(f"{SMALL}/reports{query}", json=body, headers=headers)


def _extend(deployment: Deployment, **given: str) -> Any:
    body = {"until": "2026-12-31", "reason": "one firm was overlooked", **given}
    headers = deployment.key("administrator")
    return deployment.client.post(f"{SMALL}/extensions", json=body, headers=headers)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_figure_needs_an_extension(deployment: Deployment, language: str) -> None:
    _load(deployment)
    refused = _send(deployment, "firms", 40, language=language)
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    (error,) = refused.json()["errors"]
    assert (error["code"], error["facts"]["why"]) == ("period_closed", "completed")
    assert error["message"] == CLOSED[language]
    assert _send(deployment, "firms", 40, query="?dry_run=true").status_code == 409
    assert _extend(deployment, area="west").status_code == 201
    assert _send(deployment, "firms", 40).status_code == 409
    granted = _extend(deployment, area="east", period="2025-Q4")
    assert granted.status_code == 201, granted.text
    assert _send(deployment, "firms", 40).status_code == 201


def test_an_extension_of_a_completed_plan_ends(deployment: Deployment) -> None:
    _load(deployment)
    assert _extend(deployment, until="2026-12-01").status_code == 201
    deployment.clock.now = deployment.clock.now.replace(year=2026, month=12, day=2)
    refused = _send(deployment, "firms", 40)
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    assert refused.json()["errors"][0]["facts"]["extended_until"] == "2026-12-01"


def test_a_correction_needs_a_reason_and_no_extension(deployment: Deployment) -> None:
    _load(deployment)
    assert _send(deployment, "revenue", 121).json()["code"] == "already_reported"
    assert _send(deployment, "revenue", 121, correction_reason="a recount").status_code == 201
    # What says nothing new is taken, too.
    assert _send(deployment, "revenue", 121).status_code == 200


def test_a_plan_that_ended_without_all_figures_takes_them(deployment: Deployment) -> None:
    _load(deployment, west=False)
    assert _send(deployment, "firms", 40).status_code == 201
    refused = _extend(deployment)
    assert (refused.status_code, refused.json()["code"]) == (409, "never_closes")


def test_what_comes_on_time_is_taken_though_all_targets_have_their_value(
    deployment: Deployment,
) -> None:
    deployment.clock.now = deployment.clock.now.replace(year=2026, month=1, day=15)
    _load(deployment)
    assert _send(deployment, "firms", 40).status_code == 201
