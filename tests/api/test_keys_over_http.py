"""Keys over HTTP: made, listed and revoked by administrators, within what their own key may do."""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW, Deployment
from tests.writing import CITY, figure, nothing_stored, places, read_tables, submit

KEYS = "/api/v1/keys"
ME = "/api/v1/me"
PLAN = "shenzhen-software-2025"
NATION = "china-software-2025"
Headers = dict[str, str]


@pytest.fixture
def administrator(deployment: Deployment) -> Headers:
    return deployment.key("administrator", owner="bureau")


def make(deployment: Deployment, headers: Headers, role: str = "reader", **order: object) -> Any:
    return deployment.client.post(KEYS, json={"role": role, **order}, headers=headers)


def bearer(answer: Any) -> Headers:
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['key']}"}


def test_a_key_is_made_and_works_at_once(deployment: Deployment, administrator: Headers) -> None:
    made = make(
        deployment,
        administrator,
        "reporter",
        areas=["nanshan", "futian"],
        owner="nanshan-statistics",
        plan=PLAN,
        expires_days=30,
    )
    assert made.status_code == 201
    told = made.json()
    text, key_id = told.pop("key"), told.pop("id")
    assert told == {
        "owner": "nanshan-statistics",
        "role": "reporter",
        "areas": ["futian", "nanshan"],
        "responsible_unit": None,
        "plan": PLAN,
        "created_at": "2026-03-02T01:00:00Z",
        "expires_at": "2026-04-01T01:00:00Z",
        "revoked_at": None,
        "active": True,
    }
    assert text.startswith(f"dabiao_{key_id}_")
    assert deployment.client.get(ME, headers=bearer(made)).json()["owner"] == "nanshan-statistics"
    assert submit(deployment, bearer(made), figure()).status_code == 201


def test_without_an_owner_a_key_acts_for_itself(
    deployment: Deployment, administrator: Headers
) -> None:
    made = make(deployment, administrator, "reviewer").json()
    assert (made["owner"], made["plan"], made["expires_at"]) == (made["id"], None, None)


def test_the_text_is_shown_once_and_stored_nowhere(
    deployment: Deployment, administrator: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    retry = administrator | {"Idempotency-Key": "monday"}
    made = make(deployment, retry, "reviewer", owner="city")
    text = made.json()["key"]
    assert made.headers["cache-control"] == "no-store"
    assert "etag" not in made.headers
    tables = read_tables(deployment.database)
    secret = text.split("_", 2)[2]
    assert secret not in repr(tables)
    assert hashlib.sha256(text.encode()).hexdigest() in repr(tables["api_key"])
    assert tables["idempotency"] == []
    assert secret not in deployment.client.get(KEYS, headers=administrator).text
    assert secret not in caplog.text
    # What is never stored cannot be repeated: a retry makes another key.
    assert make(deployment, retry, "reviewer", owner="city").json()["id"] != made.json()["id"]


def test_keys_are_listed_oldest_first_and_revoked_for_good(
    deployment: Deployment, administrator: Headers
) -> None:
    deployment.clock.now += timedelta(minutes=1)
    made = make(deployment, administrator, "reviewer", owner="city")
    before = deployment.client.get(KEYS, headers=administrator)
    assert [(each["owner"], each["role"], each["active"]) for each in before.json()["items"]] == [
        ("bureau", "administrator", True),
        ("city", "reviewer", True),
    ]
    known = administrator | {"If-None-Match": before.headers["etag"]}
    assert deployment.client.get(KEYS, headers=known).status_code == 304
    place = f"{KEYS}/{made.json()['id']}"
    deployment.clock.now += timedelta(minutes=1)
    gone = deployment.client.delete(place, headers=administrator)
    assert (gone.status_code, gone.content) == (204, b"")
    refused = deployment.client.get(ME, headers=bearer(made))
    assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")
    deployment.clock.now += timedelta(minutes=1)
    assert deployment.client.delete(place, headers=administrator).status_code == 204
    listed = deployment.client.get(KEYS, headers=known)
    assert listed.status_code == 200
    assert [(each["active"], each["revoked_at"]) for each in listed.json()["items"]] == [
        (True, None),
        (False, "2026-03-02T01:02:00Z"),
    ]


def test_an_expired_key_is_listed_as_such(api: Deployment) -> None:
    administrator = api.key("administrator", owner="bureau")
    make(api, administrator, expires_days=1)
    api.clock.now = NOW + timedelta(days=1)
    listed = api.client.get(f"{KEYS}?sort=-created_at&fields=active", headers=administrator)
    assert {each["active"] for each in listed.json()["items"]} == {True, False}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_a_file_too(api: Deployment, form: str) -> None:
    found = api.client.get(f"{KEYS}?format={form}", headers=api.key("administrator"))
    assert found.status_code == 200
    assert found.headers["content-disposition"] == f'attachment; filename="keys.{form}"'


@pytest.mark.parametrize("role", ["reader", "reporter", "reviewer"])
def test_only_administrators_keep_keys(api: Deployment, role: str) -> None:
    headers = api.key(role, *(["nanshan"] if role == "reporter" else []))
    with nothing_stored(api):
        answers = [
            make(api, headers),
            api.client.get(KEYS, headers=headers),
            api.client.delete(f"{KEYS}/0123456789ab", headers=headers),
        ]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (403, "role_not_allowed")
    }


def test_without_a_key_nothing_is_said(api: Deployment) -> None:
    answers = [make(api, {}), api.client.get(KEYS), api.client.delete(f"{KEYS}/0123456789ab")]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(401, "key_required")}


def test_the_key_of_a_plan_makes_keys_for_this_plan_alone(deployment: Deployment) -> None:
    bound = deployment.key("administrator", owner="office", plan=PLAN)
    assert make(deployment, bound, "administrator").json()["plan"] == PLAN
    assert make(deployment, bound, plan=PLAN).json()["plan"] == PLAN
    refused = make(deployment, bound, plan=NATION)
    assert (refused.status_code, refused.json()["code"]) == (403, "plan_not_allowed")
    # The root area of the other plan is none of this one's.
    foreign = make(deployment, bound, "reporter", areas=["china"])
    assert (foreign.status_code, places(foreign)) == (422, [("/areas", None, "unknown_code")])


def test_the_key_of_a_plan_sees_and_revokes_keys_for_this_plan_alone(
    deployment: Deployment, administrator: Headers
) -> None:
    bound = deployment.key("administrator", owner="office", plan=PLAN)
    own, other, every = (
        make(deployment, administrator, owner=name, plan=plan).json()
        for name, plan in (("own", PLAN), ("other", NATION), ("every", None))
    )
    listed = deployment.client.get(KEYS, headers=bound).json()["items"]
    assert {each["owner"] for each in listed} == {"office", "own"}
    for each, status in ((own, 204), (other, 404), (every, 404)):
        place = f"{KEYS}/{each['id']}"
        assert deployment.client.delete(place, headers=bound).status_code == status
    after = deployment.client.get(KEYS, headers=administrator).json()["items"]
    assert [each["owner"] for each in after if not each["active"]] == ["own"]


def test_no_key_outlives_the_one_that_makes_it(deployment: Deployment) -> None:
    short = deployment.key("administrator", owner="acting", expires_days=10)
    assert make(deployment, short).json()["expires_at"] == "2026-03-12T01:00:00Z"
    assert make(deployment, short, expires_days=3).json()["expires_at"] == "2026-03-05T01:00:00Z"
    late = make(deployment, short, expires_days=11)
    assert (late.status_code, late.json()["code"]) == (403, "expiry_not_allowed")
    assert late.json()["detail"] == (
        "Your key expires at 2026-03-12T01:00:00Z, and a key that it creates cannot last longer. "
        "Leave expires_days out to let both expire together, or give fewer days."
    )


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"role": "boss"}, [("/role", None, "invalid")]),
        ({}, [("/role", None, "required")]),
        ({"role": "reporter"}, [("/areas", None, "invalid")]),
        ({"role": "reader", "areas": ["nanshan"]}, [("/areas", None, "invalid")]),
        ({"role": "reader", "plan": "moon-2030"}, [("/plan", None, "unknown_code")]),
        ({"role": "reader", "expires_days": 0}, [("/expires_days", None, "invalid")]),
        ({"role": "reader", "owner": " "}, [("/owner", None, "invalid")]),
        ({"role": "reader", "secret": "x"}, [("/secret", None, "unknown_field")]),
        (
            {"role": "reporter", "areas": ["atlantis", "nanshan", "eden"], "responsible_unit": "x"},
            [
                ("/responsible_unit", None, "unknown_code"),
                ("/areas", None, "unknown_code"),
                ("/areas", None, "unknown_code"),
            ],
        ),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    api: Deployment, order: dict[str, object], expected: list[tuple[str, None, str]]
) -> None:
    administrator = api.key("administrator")
    before = read_tables(api.database)
    answer = api.client.post(KEYS, json=order, headers=administrator)
    assert (answer.status_code, places(answer)) == (422, expected)
    assert read_tables(api.database) == before


def test_a_key_that_is_not_there_cannot_be_revoked(api: Deployment) -> None:
    headers = api.key("administrator") | {"Accept-Language": "zh"}
    answer = api.client.delete(f"{KEYS}/000000000000", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["detail"] == "没有找到密钥“000000000000”，或您无权查看。"


def test_a_revoked_administrator_makes_no_more_keys(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    """Nor does one that revokes itself."""
    api = deploy(sqlite_url)
    first = make(api, api.key("administrator", owner="bureau"), "administrator", owner="deputy")
    deputy = bearer(first)
    assert api.client.delete(f"{KEYS}/{first.json()['id']}", headers=deputy).status_code == 204
    refused = make(api, deputy)
    assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")
    assert api.client.get(f"{CITY}/gaps", headers=deputy).status_code == 401
