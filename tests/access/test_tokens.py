"""Tokens of an OpenID Connect provider: real keys, a real provider here, and real forgeries."""

import base64
import hmac
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from hypothesis import example, given
from hypothesis import strategies as st

from app.edge.tokens import issuer as issuers
from app.errors.access import KeyInvalid
from app.services.access.keys import Role
from app.services.access.tokens import (
    SigningKey,
    TokenRules,
    find_key_id,
    is_token,
    read_key_set,
    read_token,
)
from app.settings import ROLES, Settings
from tests.conftest import NOW, Deployment
from tests.issuing import Provider, ec_key, providing, public_jwk, rsa_key, sign
from tests.writing import CITY, figure, report

ME = "/api/v1/me"
REPORTS = f"{CITY}/reports"
Make = Callable[..., Deployment]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as found:
        yield found


@pytest.fixture
def trusting(deploy: Make, sqlite_url: str, provider: Provider) -> Deployment:
    """A deployment that takes the provider's tokens."""
    return deploy(sqlite_url, **provider.settings)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _me(deployment: Deployment, token: str) -> Any:
    return deployment.client.get(ME, headers=_bearer(token))


def _issuer_of(deployment: Deployment) -> issuers.Issuer:
    assert isinstance(deployment.client.app, FastAPI)
    found = deployment.client.app.state.issuer
    assert isinstance(found, issuers.Issuer)
    return found


def _rest_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys may be read again at once."""
    for name in ("REST_SECONDS", "REST_AFTER_FAILURE_SECONDS"):
        monkeypatch.setattr(issuers, name, 0.0)


# Who a token's holder is.


def test_a_token_says_who_its_holder_is_and_what_they_may_do(
    trusting: Deployment, provider: Provider
) -> None:
    token = provider.token(areas=["nanshan", "futian"])
    assert _me(trusting, token).json() == {
        "owner": f"7f3a ({provider.issuer})",
        "role": "reporter",
        "areas": ["futian", "nanshan"],
        "responsible_unit": None,
        "plan": None,
    }
    # Where the keys are, the provider said; both were asked for once.
    assert provider.asked == ["/realms/city/.well-known/openid-configuration", "/keys"]


def test_keys_go_on_beside_tokens(trusting: Deployment, provider: Provider) -> None:
    assert trusting.client.get(ME, headers=trusting.key("reader", owner="a")).json()["owner"] == "a"
    assert provider.asked == []


def test_without_a_provider_a_token_is_an_unknown_key(api: Deployment, provider: Provider) -> None:
    refused = _me(api, provider.token())
    assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")
    assert provider.asked == []


def test_claims_are_found_where_the_settings_say(
    deploy: Make, sqlite_url: str, provider: Provider
) -> None:
    deployment = deploy(
        sqlite_url,
        **provider.settings,
        oidc_audience="figures",
        oidc_keys_url=f"http://127.0.0.1:{provider.port}/keys",
        oidc_owner_claim="preferred_username",
        oidc_role_claim="realm_access.roles",
        oidc_roles="/stats/admins=administrator, /stats/clerks=reporter",
        oidc_area_claim="https://city.example/areas",
    )
    token = provider.token(
        aud=["figures", "other"],
        preferred_username="zhang.wei",
        roles=["administrator"],
        areas=["futian"],
        realm_access={"roles": ["/stats/clerks", "offline_access"]},
        **{"https://city.example/areas": "nanshan baoan"},
    )
    found = _me(deployment, token).json()
    assert found["owner"] == f"zhang.wei ({provider.issuer})"
    assert (found["role"], found["areas"]) == ("reporter", ["baoan", "nanshan"])
    assert provider.asked == ["/keys"]


def test_of_several_roles_the_first_in_the_setting_counts(
    trusting: Deployment, provider: Provider
) -> None:
    several = [["reader", "reviewer"], ["reviewer", "administrator"], ["reader"]]
    found = [_me(trusting, provider.token(roles=each)).json()["role"] for each in several]
    assert found == ["reviewer", "administrator", "reader"]


def test_the_settings_know_every_role() -> None:
    assert set(ROLES) == {role.value for role in Role}


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"roles": ["cleaner"]}, "gives you no role in this service"),
        ({"roles": None}, "gives you no role in this service"),
        ({"roles": {"reporter": True}}, "gives you no role in this service"),
        ({"roles": 7}, "gives you no role in this service"),
        ({"areas": None}, "no area to report for"),
        ({"areas": []}, "no area to report for"),
        ({"areas": [7, None]}, "no area to report for"),
    ],
)
def test_a_good_token_without_a_role_or_area_allows_nothing(
    trusting: Deployment,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    claims: dict[str, Any],
    says: str,
) -> None:
    refused = _me(trusting, provider.token(**claims))
    assert (refused.status_code, refused.json()["code"]) == (403, "token_without_role")
    assert says in refused.json()["detail"]
    (line,) = [each for each in caplog.records if each.name == "dabiao.security"]
    assert vars(line)["facts"]["event"] == "authorisation_failed"
    assert vars(line)["facts"]["key_id"].startswith("oidc:")


def test_what_a_token_holder_does_is_recorded_under_their_name_and_the_issuer(
    trusting: Deployment, provider: Provider
) -> None:
    sent = trusting.client.post(REPORTS, json=report(figure(value=800)), headers=provider.headers())
    assert sent.status_code == 201, sent.text
    head = trusting.client.get(f"{CITY}/ledger", headers=trusting.key("reader")).json()
    newest = max(head["items"], key=lambda each: each["revision"])
    assert newest["actor"] == f"7f3a ({provider.issuer})"


def test_nobody_reviews_their_own_report_with_another_token(
    trusting: Deployment, provider: Provider
) -> None:
    sent = trusting.client.post(REPORTS, json=report(figure(value=800)), headers=provider.headers())
    path = f"{REPORTS}/{sent.json()['report']['id']}/approve"
    reviewer = provider.headers(roles=["reviewer"], jti="another")
    refused = trusting.client.post(path, json={}, headers=reviewer)
    assert (refused.status_code, refused.json()["code"]) == (403, "self_approval")
    other = provider.headers(roles=["reviewer"], sub="9c1e")
    assert trusting.client.post(path, json={}, headers=other).status_code == 200


def test_a_retry_with_a_renewed_token_is_the_same_retry(
    trusting: Deployment, provider: Provider
) -> None:
    def post(**claims: Any) -> Any:
        headers = provider.headers(**claims) | {"Idempotency-Key": "r1"}
        return trusting.client.post(REPORTS, json=report(figure(value=800)), headers=headers)

    first, again = post(jti="1"), post(jti="2")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    # Somebody else with the same key for retries is not told the answer.
    other = post(sub="9c1e")
    assert (other.status_code, other.json()["applied"]) == (200, False)


def test_a_ticket_listens_as_the_holder_of_a_token(
    deployed_with_tokens: Deployment, provider: Provider
) -> None:
    tickets = f"{CITY}/events/tickets"
    trusting = deployed_with_tokens
    made = trusting.client.post(tickets, headers=provider.headers())
    assert made.status_code == 201, made.text
    trusting.clock.now += timedelta(seconds=20)
    late = trusting.client.post(
        tickets, headers=provider.headers(exp=int(NOW.timestamp()) + 10)
    ).json()["ticket"]
    trusting.clock.now += timedelta(seconds=30)
    refused = trusting.client.get(f"{CITY}/events", params={"ticket": late})
    assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")


@pytest.fixture
def deployed_with_tokens(deploy: Make, database_url: str, provider: Provider) -> Deployment:
    return deploy(database_url, **provider.settings)


def test_a_key_that_a_token_holder_makes_lasts_no_longer_than_the_token(
    trusting: Deployment, provider: Provider
) -> None:
    headers = provider.headers(roles=["administrator"])
    made = trusting.client.post("/api/v1/keys", json={"role": "reader"}, headers=headers)
    assert (made.status_code, made.json()["expires_at"]) == (201, "2026-03-02T01:05:30Z")
    body = {"role": "reader", "expires_days": 1}
    refused = trusting.client.post("/api/v1/keys", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "expiry_not_allowed")


def test_the_contract_of_such_a_deployment_names_the_provider(
    trusting: Deployment, provider: Provider
) -> None:
    document = trusting.client.get("/openapi.json").json()
    found = document["components"]["securitySchemes"]["oidc"]
    assert (found["type"], found["openIdConnectUrl"]) == (
        "openIdConnect",
        f"{provider.issuer}/.well-known/openid-configuration",
    )
    reads = document["paths"][f"{CITY.replace('shenzhen-software-2025', '{plan}')}/gaps"]["get"]
    assert reads["security"] == [{"oidc": []}, {}, {"basic": []}, {"bearer": []}]
    assert document["paths"]["/healthz"]["get"]["security"] == []


def test_the_contract_of_another_deployment_names_none(api: Deployment) -> None:
    document = api.client.get("/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"basic", "bearer"}


# Tokens that are not good.


def _unsigned(claims: dict[str, Any], header: dict[str, Any], signature: bytes = b"") -> str:
    def packed(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).rstrip(b"=").decode()

    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(packed(each) for each in parts)


def _forged(provider: Provider, kind: str) -> str:
    claims = provider.claims()
    now = int(NOW.timestamp())
    public = rsa_key().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # PyJWT itself would not sign with it.
    with_public = sign(claims, "x" * 64, kid="first", algorithm="HS256").rpartition(".")[0]
    mac = hmac.digest(pem, with_public.encode(), "sha256")
    confused = f"{with_public}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    good = provider.token()
    head, body, signature = good.split(".")
    other_body = provider.token(roles=["administrator"]).split(".")[1]
    return {
        "other key": sign(claims, rsa_key(1), kid="first"),
        "unknown key": sign(claims, rsa_key(1), kid="second"),
        "own key in the header": sign(
            claims, rsa_key(1), kid="first", jwk=public_jwk(rsa_key(1), "first")
        ),
        "changed": f"{head}.{other_body}.{signature}",
        "cut": f"{head}.{body}.",
        "none": _unsigned(claims, {"alg": "none", "kid": "first"}),
        "None": _unsigned(claims, {"alg": "nOnE", "kid": "first"}),
        "no algorithm": _unsigned(claims, {"kid": "first"}),
        "public key as secret": confused,
        "another kind of key": sign(claims, ec_key(), kid="first", algorithm="ES256"),
        "other issuer": provider.token(iss="https://elsewhere.example"),
        "issuer with a slash": provider.token(iss=f"{provider.issuer}/"),
        "other audience": provider.token(aud="account"),
        "no audience": provider.token(aud=None),
        "no issuer": provider.token(iss=None),
        "no subject": provider.token(sub=None),
        "empty subject": provider.token(sub=" "),
        "subject with a line end": provider.token(sub="a\nb"),
        "subject turned around": provider.token(sub="a\u202eb"),
        "no end": provider.token(exp=None),
        "an end that is text": provider.token(exp="tomorrow"),
        "an end that is true": provider.token(exp=True),
        "an end beyond all dates": provider.token(exp=10**300),
        "over": provider.token(exp=now - 30),
        "not begun": provider.token(nbf=now + 31),
        "another kind of statement": sign(claims, rsa_key(), kid="first", typ="logout+jwt"),
        "two parts": "e30.e30",
        "no JSON": "!!!.e30.",
        "deep": base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=") + ".e30.AAAA",
        "long": f"{head}.{body}{'A' * 20_000}.{signature}",
        "critical": sign(claims, rsa_key(), kid="first", crit=["b64"], b64=True),
        "key id that is a number": _unsigned(claims, {"alg": "RS256", "kid": 7}, b"x" * 256),
    }[kind]


WHYS = {
    "other key": "signature",
    "unknown key": "key",
    "own key in the header": "signature",
    "changed": "signature",
    "cut": "signature",
    "none": "algorithm",
    "None": "algorithm",
    "no algorithm": "algorithm",
    "public key as secret": "algorithm",
    "another kind of key": "algorithm",
    "other issuer": "issuer",
    "issuer with a slash": "issuer",
    "other audience": "audience",
    "no audience": "claims",
    "no issuer": "claims",
    "no subject": "claims",
    "empty subject": "claims",
    "subject with a line end": "claims",
    "subject turned around": "claims",
    "no end": "claims",
    "an end that is text": "claims",
    "an end that is true": "claims",
    "an end beyond all dates": "claims",
    "over": "expired",
    "not begun": "early",
    "another kind of statement": "unreadable",
    "no JSON": "unreadable",
    "deep": "unreadable",
    "long": "unreadable",
    "critical": "unreadable",
    "key id that is a number": "unreadable",
}


@pytest.mark.parametrize("kind", WHYS)
def test_a_token_that_is_not_good_is_refused_and_noted_without_a_secret(
    trusting: Deployment, provider: Provider, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    token = _forged(provider, kind)
    for path in (ME, f"{CITY}/areas"):
        caplog.clear()
        refused = trusting.client.get(path, headers=_bearer(token))
        assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")
        assert refused.headers.get_list("www-authenticate") == [
            'Bearer realm="dabiao", error="invalid_token"'
        ]
        (line,) = [each for each in caplog.records if each.name == "dabiao.security"]
        facts = vars(line)["facts"]
        assert (facts["event"], facts["why"]) == ("authentication_failed", WHYS[kind])
        parts = [each for each in token.split(".") if len(each) > 20]
        assert [each for each in parts if each in repr(facts) + caplog.text + refused.text] == []


def test_what_has_two_parts_is_no_token_but_an_unknown_key(trusting: Deployment) -> None:
    assert _me(trusting, "e30.e30").json()["code"] == "key_invalid"


def test_clocks_may_be_thirty_seconds_apart(trusting: Deployment, provider: Provider) -> None:
    now = int(NOW.timestamp())
    assert _me(trusting, provider.token(exp=now - 29)).status_code == 200
    assert _me(trusting, provider.token(nbf=now + 30)).status_code == 200


def test_a_token_that_has_expired_is_not_answered_from_what_is_ready(
    trusting: Deployment, provider: Provider
) -> None:
    headers = provider.headers()
    reads = [f"{CITY}/gaps", f"{CITY}/gaps?view=provisional", ME]
    tags = []
    for path in reads:
        found = trusting.client.get(path, headers=headers)
        assert found.status_code == 200, found.text
        tags.append(found.headers["etag"])
        assert trusting.client.get(path, headers=headers).status_code == 200
    trusting.clock.now += timedelta(seconds=330)
    for path, tag in zip(reads, tags, strict=True):
        for more in ({}, {"If-None-Match": tag}):
            late = trusting.client.get(path, headers=headers | more)
            assert (late.status_code, late.json()["code"]) == (401, "token_invalid"), path


def test_a_token_shares_ready_answers_with_keys_that_see_the_same(
    trusting: Deployment, provider: Provider
) -> None:
    assert isinstance(trusting.client.app, FastAPI)
    shelf = trusting.client.app.state.shelf
    trusting.client.get(f"{CITY}/gaps", headers=trusting.key("reporter", "nanshan"))
    before = shelf.hits
    for number in range(3):
        trusting.client.get(f"{CITY}/gaps", headers=provider.headers(jti=str(number)))
    assert shelf.hits == before + 3


# Keys of every kind, and what is not taken from a set.


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        ("RS256", lambda: rsa_key(1)),
        ("PS512", lambda: rsa_key(1)),
        ("ES256", ec_key),
        ("EdDSA", Ed25519PrivateKey.generate),
    ],
)
def test_each_algorithm_of_a_kind_of_key_is_taken(
    trusting: Deployment, provider: Provider, algorithm: str, make: Callable[[], Any]
) -> None:
    key = make()
    provider.keys = [public_jwk(key, "k")]
    assert _me(trusting, sign(provider.claims(), key, kid="k", algorithm=algorithm)).is_success


def test_a_key_is_good_for_its_own_algorithm_alone(
    trusting: Deployment, provider: Provider
) -> None:
    provider.keys = [public_jwk(rsa_key(), "first", alg="PS256")]
    assert _me(trusting, provider.token()).json()["code"] == "token_invalid"
    good = sign(provider.claims(), rsa_key(), kid="first", algorithm="PS256")
    assert _me(trusting, good).status_code == 200


def test_what_signs_nothing_that_is_taken_is_left_out_of_a_set() -> None:
    short = generate_private_key(65537, 1024)  # noqa: S505 - that is why it is left out
    listed = [
        public_jwk(rsa_key(), "good", use="sig"),
        public_jwk(rsa_key(), "encryption", use="enc"),
        public_jwk(rsa_key(), "secret", alg="HS256"),
        public_jwk(short, "short"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
        {"kty": "EC", "crv": "secp256k1", "kid": "curve"},
        {"kty": "RSA", "n": "AQAB", "e": "!", "kid": "broken"},
        {"kty": "RSA", "kid": 7},
        "nothing",
    ]
    assert set(read_key_set(json.dumps({"keys": listed}).encode())) == {"good"}


@pytest.mark.parametrize("document", [b"", b"[]", b'{"keys": {}}', b"{}", b"\xff"])
def test_what_is_no_set_of_keys_is_none(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_key_set(document)


def test_a_single_key_need_not_be_named(trusting: Deployment, provider: Provider) -> None:
    provider.keys = [public_jwk(rsa_key(), None)]
    assert _me(trusting, sign(provider.claims(), rsa_key(), kid=None)).status_code == 200


# Keys that change, and a provider that is away.


def test_a_new_key_is_found_and_one_that_was_withdrawn_is_no_longer_good(
    trusting: Deployment, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = provider.token()
    assert _me(trusting, old).status_code == 200
    provider.keys = [public_jwk(rsa_key(1), "second")]
    new = sign(provider.claims(), rsa_key(1), kid="second")
    # The keys were read a moment ago: not again so soon, whatever comes.
    assert _me(trusting, new).json()["code"] == "token_invalid"
    _rest_is_over(monkeypatch)
    assert _me(trusting, new).status_code == 200
    assert _me(trusting, old).json()["code"] == "token_invalid"


def test_keys_that_are_old_are_read_again_though_no_new_one_is_named(
    trusting: Deployment, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = provider.token()
    assert _me(trusting, token).status_code == 200
    provider.keys = []
    _rest_is_over(monkeypatch)
    assert _me(trusting, token).status_code == 200
    monkeypatch.setattr(issuers, "OLDEST_SECONDS", 0.0)
    # With no key at all, whether the token is good cannot be told.
    refused = _me(trusting, token)
    assert (refused.status_code, refused.json()["code"]) == (503, "issuer_unavailable")


def test_a_key_that_was_withdrawn_is_noticed_by_a_client_that_polls(
    trusting: Deployment, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = provider.headers()
    polls = [trusting.client.get(f"{CITY}/areas", headers=headers) for _ in range(3)]
    assert {each.status_code for each in polls} == {200}
    provider.keys = [public_jwk(rsa_key(1), "second")]
    _rest_is_over(monkeypatch)
    monkeypatch.setattr(issuers, "OLDEST_SECONDS", 0.0)
    # What is sent again and again is looked at every thirty seconds.
    trusting.clock.now += timedelta(seconds=31)
    assert trusting.client.get(f"{CITY}/areas", headers=headers).status_code == 401


def test_a_flood_of_unknown_keys_makes_the_provider_be_asked_once(
    trusting: Deployment, provider: Provider
) -> None:
    assert _me(trusting, provider.token()).status_code == 200
    asked = len(provider.asked)
    for number in range(50):
        token = sign(provider.claims(), rsa_key(1), kid=f"made-up-{number}")
        assert _me(trusting, token).status_code == 401
    assert len(provider.asked) == asked
    assert _me(trusting, provider.token(jti="good")).status_code == 200


def test_strangers_with_forged_tokens_are_stopped_like_those_with_wrong_keys(
    deploy: Make, sqlite_url: str, provider: Provider
) -> None:
    deployment = deploy(sqlite_url, **provider.settings, failed_keys_per_address=3)
    known = provider.token()
    assert _me(deployment, known).status_code == 200
    sent = [provider.token(aud="other", jti=str(number)) for number in range(5)]
    assert [_me(deployment, each).status_code for each in sent] == [401, 401, 401, 429, 429]
    assert _me(deployment, known).status_code == 200


def test_while_the_provider_is_away_the_known_keys_go_on(
    trusting: Deployment, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _me(trusting, provider.token()).status_code == 200
    provider.instead = {"/keys": (500, b"")}
    _rest_is_over(monkeypatch)
    monkeypatch.setattr(issuers, "OLDEST_SECONDS", 0.0)
    for number in range(3):
        assert _me(trusting, provider.token(jti=str(number))).status_code == 200
    # Whether this is a new key of the provider's, nobody can say.
    unknown = _me(trusting, sign(provider.claims(), rsa_key(1), kid="second"))
    assert (unknown.status_code, unknown.json()["code"]) == (503, "issuer_unavailable")
    provider.instead = {}
    assert _me(trusting, sign(provider.claims(), rsa_key(1), kid="x")).status_code == 401


@pytest.mark.parametrize(
    "instead",
    [
        {"/realms/city/.well-known/openid-configuration": (404, b"")},
        {
            "/realms/city/.well-known/openid-configuration": (
                200,
                b'{"issuer": "https://a.example"}',
            )
        },
        {"/keys": (302, b"")},
        {"/keys": (200, b"<html>")},
        {"/keys": (200, b"[" * 100_000)},
        {"/keys": (200, b" " * 600_000)},
    ],
)
def test_a_provider_that_tells_no_keys_is_said_to_be_away(
    trusting: Deployment,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    instead: dict[str, tuple[int, bytes]],
) -> None:
    provider.instead = instead
    with caplog.at_level(logging.WARNING):
        refused = [_me(trusting, provider.token()) for _ in range(5)]
    assert {(each.status_code, each.json()["code"]) for each in refused} == {
        (503, "issuer_unavailable")
    }
    assert {each.headers["retry-after"] for each in refused} == {"2"}
    # Nor is it asked each time.
    assert len(provider.asked) <= 2
    events = [vars(each)["facts"]["event"] for each in caplog.records if "facts" in vars(each)]
    assert events.count("issuer_unavailable") == 1
    assert events.count("authentication_failed") == 5
    # Keys, and whoever sends none, are as ever.
    assert trusting.client.get(ME, headers=trusting.key("reader")).status_code == 200
    assert trusting.client.get(f"{CITY}/areas").status_code == 200


def test_addresses_of_keys_that_anybody_could_change_are_not_followed(
    trusting: Deployment, provider: Provider
) -> None:
    document = {"issuer": provider.issuer, "jwks_uri": "http://keys.example/keys"}
    provider.instead = {
        "/realms/city/.well-known/openid-configuration": (200, json.dumps(document).encode())
    }
    assert _me(trusting, provider.token()).json()["code"] == "issuer_unavailable"


def test_nobody_waits_long_for_a_silent_provider_and_others_not_at_all(
    trusting: Deployment, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "SECONDS", 0.2)
    provider.answers.clear()
    assert _me(trusting, provider.token()).json()["code"] == "issuer_unavailable"
    assert trusting.client.get(f"{CITY}/areas").status_code == 200


# Whatever a stranger sends.

RULES = TokenRules(
    issuer="https://id.example",
    audience="dabiao",
    owner_claim="sub",
    role_claim="roles",
    area_claim="areas",
    roles={each: Role(each) for each in ROLES},
)
KEY = SigningKey(key=rsa_key().public_key(), algorithms=frozenset({"RS256"}))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(text=st.text(st.characters(codec="utf-8")))
@example("..")
@example("e30.e30.e30")
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(KeyInvalid):
        find_key_id(f"{text}.{text}.")


@given(
    claims=st.fixed_dictionaries(
        {"iss": st.just("https://id.example"), "aud": st.just("dabiao")},
        optional=dict.fromkeys(("sub", "exp", "nbf", "iat", "jti", "roles", "areas", "crit"), JSON),
    )
)
def test_no_claims_do_more_than_be_refused_though_they_are_signed(claims: dict[str, Any]) -> None:
    try:
        token = sign(claims, rsa_key(), kid="k")
    except (TypeError, ValueError):
        return
    assert is_token(token)
    assert find_key_id(token) == "k"
    with pytest.raises(KeyInvalid):
        read_token(token, KEY, RULES, now=NOW)


# Settings.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("oidc_issuer", "http://id.example"),
        ("oidc_issuer", "id.example"),
        ("oidc_issuer", ""),
        ("oidc_issuer", "https://user@id.example"),
        ("oidc_issuer", "https://id.example:port"),
        ("oidc_keys_url", "ftp://id.example/keys"),
        ("oidc_keys_url", "https://id.example/keys#first"),
        ("oidc_audience", ""),
        ("oidc_roles", ""),
        ("oidc_roles", "clerks"),
        ("oidc_roles", "clerks=clerk"),
        ("oidc_roles", "=reader"),
    ],
)
def test_a_setting_that_would_trust_the_wrong_ones_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.model_validate({name: value})


def test_without_the_extra_no_provider_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Such an entry makes Python say that there is no such module.
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ValueError, match="oidc_issuer\n  no library"):
        Settings.model_validate({"oidc_issuer": "https://id.example"})
    assert Settings.model_validate({"oidc_issuer": "none"}).takes_tokens is False
