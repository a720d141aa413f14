"""Who sees what awaits approval: everybody the official figures, a key what it may see."""

from typing import Any

import pytest

from tests.api.reads import CITY, DISTRICTS, Row, approve, get_row, submit
from tests.conftest import Deployment

ROW = {"indicator": "value_added", "period": "2024-Q4"}
FIGURES = ["/gaps", "/gaps/value_added", "/targets", "/targets/value_added", "/overview"]


def _row(deployment: Deployment, area: str, key: Row, view: str = "provisional") -> Row:
    query = {**ROW, "area": area, "view": view}
    found = deployment.client.get(f"{CITY}/gaps", params=query, headers=key)
    assert found.status_code == 200, found.text
    (row,) = found.json()["items"]
    return dict(row)


def _observations(deployment: Deployment, key: Row, **query: Any) -> list[Row]:
    found = deployment.client.get(f"{CITY}/observations", params=query, headers=key)
    return [dict(row) for row in found.json()["items"]]


def test_what_is_submitted_is_not_official(deployment: Deployment) -> None:
    submit(deployment, "nanshan", 800)
    row = get_row(deployment, CITY, **ROW, area="nanshan")
    assert (row["actual"], row["provisional"]) == (None, False)
    assert _observations(deployment, {}) == []
    assert get_row(deployment, CITY, **ROW, area="shenzhen")["actual"] is None


@pytest.mark.parametrize("role", ["reader", "reviewer", "administrator"])
def test_a_key_that_sees_all_sees_submitted_figures_and_their_sums(
    deployment: Deployment, role: str
) -> None:
    submit(deployment, "nanshan", 800)
    submit(deployment, "futian", 100)
    key = deployment.key(role)
    for area, expected in {"nanshan": 800, "futian": 100, "shenzhen": 900}.items():
        row = _row(deployment, area, key)
        assert (row["actual"], row["provisional"]) == (expected, True), area
    assert _row(deployment, "shenzhen", key)["areas_reported"] == 2
    assert _row(deployment, "shenzhen", key, view="official")["actual"] is None
    seen = _observations(deployment, key, view="provisional")
    assert {(each["area"], each["value"], each["provisional"]) for each in seen} == {
        ("nanshan", 800, True),
        ("futian", 100, True),
    }


def test_a_reporter_sees_own_areas_only_and_sums_stay_official(deployment: Deployment) -> None:
    for area in DISTRICTS:
        approve(deployment, submit(deployment, area, 100))
    for area in ("nanshan", "futian"):
        submit(deployment, area, 150, correction_reason="recount")
    key = deployment.key("reporter", "nanshan", "luohu")
    assert _row(deployment, "nanshan", key)["actual"] == 150
    assert _row(deployment, "nanshan", key)["provisional"] is True
    assert _row(deployment, "futian", key)["actual"] == 100
    city = _row(deployment, "shenzhen", key)
    assert (city["actual"], city["provisional"]) == (1100, False)
    assert city == _row(deployment, "shenzhen", key, view="official")
    seen = _observations(deployment, key, view="provisional")
    assert {each["area"] for each in seen if each["provisional"]} == {"nanshan"}


def test_the_parts_of_a_sum_show_a_reporter_nothing_of_others(deployment: Deployment) -> None:
    submit(deployment, "nanshan", 777)
    submit(deployment, "futian", 888)
    key = deployment.key("reporter", "nanshan")
    query = {"view": "provisional"}
    for path in [*FIGURES, "/observations", "/ledger", "/reports"]:
        found = deployment.client.get(f"{CITY}{path}", params=query, headers=key)
        assert found.status_code == 200, found.text
        assert "888" not in found.text.replace(found.headers["etag"], ""), path


def test_a_provisional_figure_takes_the_place_of_an_older_official_one(
    deployment: Deployment,
) -> None:
    approve(deployment, submit(deployment, "nanshan", 800))
    report = submit(deployment, "nanshan", 900, correction_reason="recount")
    key = deployment.key("reader")
    assert _row(deployment, "nanshan", key)["actual"] == 900
    assert _row(deployment, "nanshan", key, view="official")["actual"] == 800
    approve(deployment, report)
    row = _row(deployment, "nanshan", key)
    assert (row["actual"], row["provisional"]) == (900, False)
    assert row == _row(deployment, "nanshan", key, view="official")


def test_a_returned_figure_is_seen_by_nobody(deployment: Deployment) -> None:
    report = submit(deployment, "nanshan", 800)
    reviewer = deployment.key("reviewer")
    body = {"reason_code": "wrong_unit", "reason": "in 万元, it seems"}
    sent = deployment.client.post(f"{report}/return", json=body, headers=reviewer)
    assert sent.json()["status"] == "returned"
    for key in (deployment.key("reporter", "nanshan"), reviewer):
        assert _row(deployment, "nanshan", key)["actual"] is None
        assert _observations(deployment, key, view="provisional") == []


@pytest.mark.parametrize("path", [*FIGURES, "", "/areas", "/observations", "/ledger"])
def test_provisional_needs_a_key(read_api: Deployment, path: str) -> None:
    found = read_api.client.get(f"{CITY}{path}", params={"view": "provisional"})
    assert (found.status_code, found.json()["code"]) == (401, "key_required")
    assert found.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", FIGURES)
def test_every_read_of_figures_knows_both_views(deployment: Deployment, path: str) -> None:
    submit(deployment, "nanshan", 800)
    key = deployment.key("reviewer")
    official = deployment.client.get(f"{CITY}{path}", headers=key)
    query = {"view": "provisional"}
    provisional = deployment.client.get(f"{CITY}{path}", params=query, headers=key)
    assert official.status_code == provisional.status_code == 200
    assert official.headers["etag"] != provisional.headers["etag"]
    explicit = deployment.client.get(f"{CITY}{path}", params={"view": "official"}, headers=key)
    assert explicit.content == official.content
    public = deployment.client.get(f"{CITY}{path}")
    assert public.content == official.content


def test_an_old_revision_shows_what_was_pending_then(deployment: Deployment) -> None:
    key = deployment.key("reader")
    report = submit(deployment, "nanshan", 800)
    pending = deployment.client.get(f"{CITY}/ledger/head", headers=key).json()["revision"]
    approve(deployment, report)
    submit(deployment, "nanshan", 900, correction_reason="recount")
    query = {**ROW, "area": "nanshan", "view": "provisional", "as_of": pending}
    (row,) = deployment.client.get(f"{CITY}/gaps", params=query, headers=key).json()["items"]
    assert (row["actual"], row["provisional"]) == (800, True)
