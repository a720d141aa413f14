"""Keys: what an unknown, expired, revoked or foreign one gets, and who the caller is."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.services.access.keys import revoke_key
from tests.api.reads import CITY, NATION, get_items
from tests.conftest import NOW, Deployment

ME = "/api/v1/me"
PUBLIC = ["/healthz", "/readyz", "/docs", "/openapi.json"]


def test_me_says_owner_role_and_areas(deployment: Deployment) -> None:
    key = deployment.key(
        "reporter", "nanshan", "futian", owner="nanshan-office", responsible_unit="trade_bureau"
    )
    assert deployment.client.get(ME, headers=key).json() == {
        "owner": "nanshan-office",
        "role": "reporter",
        "areas": ["futian", "nanshan"],
        "responsible_unit": "trade_bureau",
        "plan": None,
    }


def test_a_key_without_an_owner_acts_for_itself(deployment: Deployment) -> None:
    first, second = (deployment.key("reviewer") for _ in range(2))
    owners = [deployment.client.get(ME, headers=key).json()["owner"] for key in (first, second)]
    assert len(set(owners)) == 2
    assert owners[0] in first["Authorization"]


def test_me_needs_a_key(read_api: Deployment) -> None:
    found = read_api.client.get(ME)
    assert (found.status_code, found.json()["code"]) == (401, "key_required")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer nobody",
        "Bearer dabiao_000000000000_" + "A" * 43,
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "",
        "Bearer " + "x" * 5000,
        "Bearer key with blanks",
        "Bearer ключ".encode().decode("latin-1"),
    ],
)
@pytest.mark.parametrize("path", [ME, f"{CITY}/gaps", "/api/v1/plans"])
def test_a_key_that_nobody_gave_out_is_refused_even_where_none_is_needed(
    read_api: Deployment, header: str, path: str
) -> None:
    raw = [(b"Authorization", header.encode("latin-1"))]
    found = read_api.client.get(path, headers=raw)
    assert (found.status_code, found.json()["code"]) == (401, "key_invalid")
    assert found.headers["www-authenticate"].startswith("Bearer")
    assert "nobody" not in found.text


@pytest.mark.parametrize("user", ["", "excel", "广东", "a b"])
def test_a_key_may_be_the_password_of_http_basic(
    deploy: Callable[..., Deployment], sqlite_url: str, user: str
) -> None:
    closed = deploy(sqlite_url, read_access="key")
    bearer = closed.key("reporter", "nanshan", owner="nanshan")
    sent = f"{user}:{bearer['Authorization'].removeprefix('Bearer ')}"
    basic = {"Authorization": f"Basic {b64encode(sent.encode()).decode()}"}
    for headers in (basic, bearer):
        assert closed.client.get(ME, headers=headers).json()["owner"] == "nanshan"
        assert closed.client.get(f"{CITY}/gaps?format=csv", headers=headers).status_code == 200
    report = {"area": "nanshan", "period": "2024-Q3", "figures": []}
    assert closed.client.post(f"{CITY}/reports", json=report, headers=basic).status_code == 422
    closed.revoke(bearer)
    assert closed.client.get(ME, headers=basic).status_code == 401


@pytest.mark.parametrize("sent", ["", "!", "a2V5", "Og==", "/w==", "OmtleQ", "dXNlcjpub2JvZHk="])
def test_what_is_no_key_in_http_basic_is_refused(read_api: Deployment, sent: str) -> None:
    found = read_api.client.get(ME, headers={"Authorization": f"Basic {sent}"})
    assert (found.status_code, found.json()["code"]) == (401, "key_invalid")


def test_a_401_offers_both_schemes_each_in_a_header_of_its_own(read_api: Deployment) -> None:
    for headers in ({}, {"Authorization": "Bearer nobody"}):
        found = read_api.client.get(ME, headers=headers)
        assert found.status_code == 401
        assert found.headers.get_list("www-authenticate") == [
            'Bearer realm="dabiao"',
            'Basic realm="dabiao", charset="UTF-8"',
        ]


def test_the_scheme_may_be_written_in_any_case(read_api: Deployment) -> None:
    key = read_api.key("reader")["Authorization"].removeprefix("Bearer ")
    for scheme in ("bearer", "BEARER"):
        found = read_api.client.get(ME, headers={"Authorization": f"{scheme} {key}"})
        assert found.status_code == 200


def test_a_key_expires(deployment: Deployment) -> None:
    key = deployment.key("reader", expires_days=7)
    deployment.clock.now = NOW + timedelta(days=7, seconds=-1)
    assert deployment.client.get(ME, headers=key).status_code == 200
    deployment.clock.now = NOW + timedelta(days=7)
    found = deployment.client.get(ME, headers=key)
    assert (found.status_code, found.json()["code"]) == (401, "key_invalid")


def test_a_revoked_key_is_refused_at_once(deployment: Deployment) -> None:
    key = deployment.key("reader")
    assert deployment.client.get(ME, headers=key).status_code == 200
    key_id = key["Authorization"].split("_")[1]
    with deployment.database.write_transaction() as session:
        revoke_key(session, key_id, now=NOW)
    found = deployment.client.get(f"{CITY}/gaps", headers=key)
    assert (found.status_code, found.json()["code"]) == (401, "key_invalid")


def test_only_the_digest_of_a_key_is_stored(api: Deployment) -> None:
    text = api.key("reader")["Authorization"].removeprefix("Bearer ")
    with api.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_key").all()
    assert text.split("_", 2)[2] not in str(rows)


def test_a_key_for_one_plan_reads_no_other(deployment: Deployment) -> None:
    key = deployment.key("reviewer", plan="shenzhen-software-2025")
    assert deployment.client.get(f"{CITY}/gaps", headers=key).status_code == 200
    for path in (NATION, f"{NATION}/gaps", f"{NATION}/ledger", f"{NATION}/reports"):
        found = deployment.client.get(path, headers=key)
        assert (found.status_code, found.json()["code"]) == (403, "plan_not_allowed")
    plans = deployment.client.get("/api/v1/plans", headers=key).json()["items"]
    assert [plan["plan"] for plan in plans] == ["shenzhen-software-2025"]
    assert deployment.client.get(ME, headers=key).json()["plan"] == "shenzhen-software-2025"


def test_a_closed_deployment_shows_nothing_without_a_key(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    closed = deploy(sqlite_url, read_access="key")
    paths = ["/api/v1/plans", CITY, *(f"{CITY}/{name}" for name in _NAMES)]
    for path in paths:
        found = closed.client.get(path)
        assert (found.status_code, found.json()["code"]) == (401, "key_required"), path
    assert closed.client.get(f"{CITY}/gaps", headers={"If-None-Match": "*"}).status_code == 401
    # Whether a plan is there is no one's business either.
    assert closed.client.get("/api/v1/plans/atlantis").status_code == 401
    key = closed.key("reporter", "nanshan")
    for path in paths:
        found = closed.client.get(path, headers=key)
        assert found.status_code == 200, path
        assert found.headers["cache-control"].startswith("private")


_NAMES = [
    "areas",
    "indicators",
    "indicators/value_added",
    "goals",
    "actions",
    "units",
    "targets",
    "targets/value_added",
    "overview",
    "gaps",
    "gaps/value_added",
    "observations",
    "ledger",
    "ledger/head",
]


def test_a_closed_deployment_still_says_that_it_lives(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    closed = deploy(sqlite_url, read_access="key")
    for path in PUBLIC:
        assert closed.client.get(path).status_code == 200, path


def test_reports_need_a_key_even_where_figures_are_public(deployment: Deployment) -> None:
    for path in (f"{CITY}/reports", f"{CITY}/reports/1"):
        found = deployment.client.get(path)
        assert (found.status_code, found.json()["code"]) == (401, "key_required")
    assert get_items(deployment, f"{CITY}/gaps", limit=1) != []
