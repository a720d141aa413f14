"""A revision frozen under a name: read by it for ever, and what was restated since."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import CITY, decide, figure, head, nothing_stored, places, submit

READS = [
    "/overview",
    "/gaps?area=nanshan&period=2024-Q3",
    "/observations?include_history=true",
    "/targets",
    "/goals",
    "/indicators",
    "/completeness?period=2024-Q3",
    "/periods",
    "/gaps?format=csv",
]


@pytest.fixture
def administrator(deployment: Deployment) -> dict[str, str]:
    return deployment.key("administrator", owner="planning office")


def _publish(deployment: Deployment, headers: dict[str, str], name: str, **more: str) -> Any:
    body = {"name": name, **more}
    return deployment.client.post(f"{CITY}/publications", json=body, headers=headers)


def _make_official(deployment: Deployment, value: float, **more: Any) -> Any:
    reporter = deployment.key("reporter", "nanshan", owner="nanshan")
    sent = submit(deployment, reporter, figure(value=value), **more)
    decided = decide(deployment, deployment.key("reviewer", owner="city"), sent, "approve")
    assert decided.status_code == 200
    return sent


def test_a_publication_freezes_the_revision_before_it(
    deployment: Deployment, administrator: dict[str, str]
) -> None:
    _make_official(deployment, 800)
    frozen = head(deployment)["revision"]
    answer = _publish(deployment, administrator, "half-year-2024", note="for the congress")
    assert answer.status_code == 201
    assert answer.json() == {
        "name": "half-year-2024",
        "revision": frozen,
        "published_at": "2026-03-02T01:00:00Z",
        "published_by": "planning office",
        "note": "for the congress",
        "superseded": False,
    }
    assert head(deployment)["revision"] == frozen + 1
    one = deployment.client.get(f"{CITY}/publications/half-year-2024")
    assert one.json() == answer.json()
    assert deployment.client.get(f"{CITY}/publications").json()["items"] == [answer.json()]


def test_everything_is_read_by_the_name_as_by_its_revision(
    deployment: Deployment, administrator: dict[str, str]
) -> None:
    _make_official(deployment, 800)
    _publish(deployment, administrator, "half-year-2024")
    frozen = head(deployment)["revision"] - 1
    _make_official(deployment, 900, correction_reason="recount")
    for path in READS:
        join = "&" if "?" in path else "?"
        by_name, by_revision = (
            deployment.client.get(f"{CITY}{path}{join}as_of={at}")
            for at in ("half-year-2024", frozen)
        )
        assert by_name.status_code == 200, by_name.text
        assert by_name.content == by_revision.content
        assert by_name.headers["etag"] == by_revision.headers["etag"]


def test_a_publication_is_superseded_once_a_figure_of_it_is_corrected(
    deployment: Deployment, administrator: dict[str, str]
) -> None:
    _make_official(deployment, 800)
    _publish(deployment, administrator, "first")
    _make_official(deployment, 5, period="2024-Q1")
    assert not deployment.client.get(f"{CITY}/publications/first").json()["superseded"]
    _publish(deployment, administrator, "second")
    before = head(deployment)["revision"]
    _make_official(deployment, 6, period="2024-Q1", correction_reason="recount")
    found = deployment.client.get(f"{CITY}/publications").json()["items"]
    assert [(each["name"], each["superseded"]) for each in found] == [
        ("first", False),
        ("second", True),
    ]
    # Once the published figure is official again, the publication shows what is known.
    _make_official(deployment, 5, period="2024-Q1", correction_reason="as it was")
    again = deployment.client.get(f"{CITY}/publications").json()["items"]
    assert [each["superseded"] for each in again] == [False, False]
    then = deployment.client.get(f"{CITY}/publications", params={"as_of": before}).json()["items"]
    assert [each["superseded"] for each in then] == [False, False]


def test_a_publication_is_known_from_its_own_revision_on(
    deployment: Deployment, administrator: dict[str, str]
) -> None:
    _publish(deployment, administrator, "first")
    earlier = str(head(deployment)["revision"] - 1)
    listed = deployment.client.get(f"{CITY}/publications", params={"as_of": earlier})
    assert listed.json()["items"] == []
    one = deployment.client.get(f"{CITY}/publications/first", params={"as_of": earlier})
    assert (one.status_code, one.json()["code"]) == (404, "not_found")


def test_a_name_is_given_once(deployment: Deployment, administrator: dict[str, str]) -> None:
    _publish(deployment, administrator, "first")
    with nothing_stored(deployment):
        answer = _publish(deployment, administrator, "first", note="again")
    assert (answer.status_code, answer.json()["code"]) == (409, "publication_exists")


@pytest.mark.parametrize("name", ["2024-annual", "2024-q3", "1e5", "2024-01-31-revised", "x_2"])
def test_a_name_may_begin_with_a_digit(
    deployment: Deployment, administrator: dict[str, str], name: str
) -> None:
    _make_official(deployment, 800)
    assert _publish(deployment, administrator, name).status_code == 201
    _make_official(deployment, 900, correction_reason="recount")
    row = f"{CITY}/observations?area=nanshan"
    (then,) = deployment.client.get(f"{row}&as_of={name}").json()["items"]
    (now,) = deployment.client.get(row).json()["items"]
    assert (then["value"], now["value"]) == (800, 900)
    assert deployment.client.get(f"{CITY}/publications/{name}").json()["name"] == name
    assert deployment.client.get(f"{CITY}/diff?from={name}").json()["figures"][0]["after"] == 900


@pytest.mark.parametrize("name", ["2024", "7", "2024-01-31", "2024-02-31", "2024-01-31T00:00:00Z"])
def test_a_number_a_day_and_an_instant_are_no_names(deployment: Deployment, name: str) -> None:
    with nothing_stored(deployment):
        answer = _publish(deployment, deployment.key("administrator"), name)
    assert answer.status_code == 422
    assert [place[0] for place in places(answer)] == ["/name"]


@pytest.mark.parametrize("name", ["", "First", "a b", "a/b", "第一", "x" * 65, None, 1])
def test_a_name_is_a_slug(deployment: Deployment, name: object) -> None:
    headers = deployment.key("administrator")
    with nothing_stored(deployment):
        answer = deployment.client.post(
            f"{CITY}/publications", json={"name": name}, headers=headers
        )
    assert answer.status_code == 422
    assert [place[0] for place in places(answer)] == ["/name"]


@pytest.mark.parametrize("role", ["reader", "reporter", "reviewer"])
def test_only_an_administrator_publishes(deployment: Deployment, role: str) -> None:
    areas = ["nanshan"] if role == "reporter" else []
    answer = _publish(deployment, deployment.key(role, *areas), "first")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    assert _publish(deployment, {}, "first").status_code == 401


def test_a_name_that_nothing_was_published_under_is_no_as_of(deployment: Deployment) -> None:
    answer = deployment.client.get(f"{CITY}/gaps", params={"as_of": "half-year-2024"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_as_of")
    assert "half-year-2024" in answer.json()["detail"]
