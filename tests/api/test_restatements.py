"""The correction of a published figure is a restatement: its entry names all that it changed."""

from typing import Any

import pytest

from app.formats.plans.plan_file import read_plan_file
from app.services.plans.loading import load_plan
from tests.conftest import NOW, ROOT, Deployment
from tests.writing import CITY, decide, figure, head, missing, report, submit

DISTRICTS = "luohu futian nanshan baoan longgang yantian longhua pingshan guangming dapeng shenshan"


def _official(deployment: Deployment, *figures: Any, **more: Any) -> None:
    area = more.get("area", "nanshan")
    sent = submit(deployment, deployment.key("reporter", area, owner=area), *figures, **more)
    decided = decide(deployment, deployment.key("reviewer", owner="city"), sent, "approve")
    assert decided.status_code == 200, decided.text


def _publish(deployment: Deployment, name: str) -> None:
    answer = deployment.client.post(
        f"{CITY}/publications", json={"name": name}, headers=deployment.key("administrator")
    )
    assert answer.status_code == 201


def _newest(deployment: Deployment, plan: str = CITY) -> Any:
    return deployment.client.get(f"{plan}/ledger", params={"sort": "-revision"}).json()["items"][0]


def test_a_restatement_names_figures_ratings_and_publications(deployment: Deployment) -> None:
    for area in DISTRICTS.split():
        _official(deployment, figure(value=390), area=area, period="2025-Q4")
    for name in ("march", "april"):
        _publish(deployment, name)
    before = head(deployment)["revision"]
    _official(deployment, figure(value=250), period="2025-Q4", correction_reason="counted twice")
    newest = _newest(deployment)
    # The submission, and the approval that changed the figure: no revision of its own.
    assert (newest["action"], newest["revision"]) == ("approve", before + 2)
    assert newest["restatement"] == {
        "figures": [
            {
                "indicator": "value_added",
                "area": "nanshan",
                "period": "2025-Q4",
                "before": 390,
                "after": 250,
                "missing_reason": None,
            }
        ],
        "ratings": [
            {
                "indicator": "value_added",
                "area": "shenzhen",
                "period": "2025-Q4",
                "before": "achieved",
                "after": "missed",
            }
        ],
        "publications": ["march", "april"],
    }


def test_only_what_a_publication_shows_otherwise_is_restated(deployment: Deployment) -> None:
    _official(deployment, figure(value=800))
    _publish(deployment, "first")
    _official(deployment, figure(value=5), period="2024-Q1")
    assert _newest(deployment)["restatement"] is None
    _publish(deployment, "second")
    _official(deployment, figure(value=6), period="2024-Q1", correction_reason="recount")
    assert _newest(deployment)["restatement"]["publications"] == ["second"]
    _official(deployment, figure(value=5), period="2024-Q1", correction_reason="as it was")
    # The publication shows what is official again.
    assert _newest(deployment)["restatement"] is None


def test_a_figure_taken_back_is_restated_with_the_reason_that_is_left(
    deployment: Deployment,
) -> None:
    _official(deployment, figure(value=800))
    _publish(deployment, "first")
    _official(deployment, missing(reason="withheld"), correction_reason="not for the public")
    (restated,) = _newest(deployment)["restatement"]["figures"]
    assert (restated["before"], restated["after"]) == (800, None)
    assert restated["missing_reason"] == "withheld"


def test_the_ratings_of_growth_and_of_later_periods_are_named_too(api: Deployment) -> None:
    """An old figure of the national plan counts for the level, its growth, and later quarters."""
    nation = "/api/v1/plans/china-software-2025"
    administrator = api.key("administrator")
    api.client.post(f"{nation}/publications", json={"name": "final"}, headers=administrator)
    body = {
        "area": "china",
        "period": "2024-Q4",
        "figures": [
            {
                "indicator": "software_business_revenue",
                "value": 100000,
                "unit": "亿元",
                "basis": "ytd",
            }
        ],
        "explanations": {"software_business_revenue": "a census"},
        "correction_reason": "a census",
    }
    sent = api.client.post(
        f"{nation}/reports", json=body, headers=api.key("reporter", "china", owner="bureau")
    )
    assert sent.status_code == 201, sent.text
    decided = api.client.post(f"{sent.headers['location']}/approve", headers=api.key("reviewer"))
    assert decided.status_code == 200
    restatement = _newest(api, nation)["restatement"]
    found = {
        (each["indicator"], each["period"]): (each["before"], each["after"])
        for each in restatement["ratings"]
    }
    # At the end the target stays achieved: what did not change is not listed.
    assert found == {
        ("software_business_revenue", "2024-Q4"): ("on_track", "off_track"),
        ("software_revenue_growth", "2024-Q4"): ("on_track", "off_track"),
        # Trailing years rest on the year before.
        ("software_business_revenue", "2025-Q1"): ("on_track", "off_track"),
        ("software_revenue_growth", "2025-Q1"): ("on_track", "off_track"),
    }


def test_where_review_is_automatic_the_submission_itself_restates(deployment: Deployment) -> None:
    code = "automatic-2025"
    document = read_plan_file(ROOT / "seeds" / "plans" / "shenzhen-software-2025.yaml")
    changed = document.model_copy(
        update={
            "plan": document.plan.model_copy(update={"code": code}),
            "settings": document.settings.model_copy(update={"review": "automatic"}),
        }
    )
    with deployment.database.write_transaction() as session:
        load_plan(session, changed, now=NOW)
    plan, headers = f"/api/v1/plans/{code}", deployment.key("reporter", "nanshan")
    deployment.client.post(f"{plan}/reports", json=report(figure(value=5)), headers=headers)
    deployment.client.post(
        f"{plan}/publications", json={"name": "first"}, headers=deployment.key("administrator")
    )
    body = report(figure(value=6), correction_reason="recount")
    dry = deployment.client.post(f"{plan}/reports?dry_run=true", json=body, headers=headers)
    assert dry.status_code == 200
    deployment.client.post(f"{plan}/reports", json=body, headers=headers)
    # What a submission holds is not public, but what it restated is.
    newest = _newest(deployment, plan)
    assert newest["payload"] is None
    assert [(each["before"], each["after"]) for each in newest["restatement"]["figures"]] == [
        (5, 6)
    ]


@pytest.mark.parametrize("path", ["ledger", "events"])
def test_the_contract_describes_a_restatement(api: Deployment, path: str) -> None:
    document = api.client.get("/openapi.json").json()
    assert f"/api/v1/plans/{{plan}}/{path}" in document["paths"]
    assert set(document["components"]["schemas"]["Restatement"]["properties"]) == {
        "figures",
        "ratings",
        "publications",
    }
