"""Access tokens of an OpenID Connect provider: whose a token is, where it is good.

A token is a signed statement (RFC 7519). What may sign it follows from the kind of the provider's
key, never from the token, so that nobody signs with a public key as if it were a secret (RFC 8725).
"""

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from app.errors.access import TokenInvalid, TokenWithoutRole
from app.services.access.keys import PREFIX, Principal, Role
from app.starting import late

# Only those who take tokens need the library.
_load_key = late("jwt", "PyJWK")
_read_header = late("jwt", "get_unverified_header")
_decode = late("jwt", "decode")

# How far the clocks of a provider and of this machine may be apart.
LEEWAY = timedelta(seconds=30)
# Tokens with every role of a large organisation have some thousand characters.
LONGEST = 16 * 1024
_LONGEST_NAME, _LONGEST_AREA = 200, 64
_MOST_KEYS, _LEAST_RSA_BITS = 100, 2048
# The end of the year 9999, the last that there are dates for.
_LATEST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_REQUIRED = ("exp", "iss", "aud", "sub")
_ALGORITHMS: Mapping[tuple[str, str], frozenset[str]] = MappingProxyType(
    {
        ("RSA", ""): frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
        ("EC", "P-256"): frozenset({"ES256"}),
        ("EC", "P-384"): frozenset({"ES384"}),
        ("EC", "P-521"): frozenset({"ES512"}),
        ("OKP", "Ed25519"): frozenset({"EdDSA"}),
    }
)
_ALLOWED = frozenset[str]().union(*_ALGORITHMS.values())
# Other signed statements of a provider are no access tokens (RFC 8725, 3.11).
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
# What the library finds wrong, in a word; whatever else it may be, the token cannot be read.
_WHYS: Mapping[str, str] = MappingProxyType(
    {
        "InvalidSignatureError": "signature",
        "InvalidAlgorithmError": "algorithm",
        "InvalidIssuerError": "issuer",
        "InvalidAudienceError": "audience",
        "MissingRequiredClaimError": "claims",
        "InvalidSubjectError": "claims",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """Whose tokens are good, and what their claims mean here.

    ``roles``: the role that each value of a claim stands for. Of several, the first listed holds.
    """

    issuer: str
    audience: str
    owner_claim: str
    role_claim: str
    area_claim: str
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A public key of a provider, and the algorithms that it may be used with."""

    key: Any
    algorithms: frozenset[str]


def is_token(text: str) -> bool:
    """Whether a text has the three parts of a token, which no key of ours has."""
    return text.count(".") == 2 and not text.startswith(f"{PREFIX}_")  # noqa: PLR2004 - as it says


def read_key_set(document: bytes) -> dict[str, SigningKey]:
    """The keys of a set (RFC 7517) by their ids, without those that sign nothing we take.

    ValueError where it is no set of keys.
    """
    found = json.loads(document)
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no set of keys")  # noqa: TRY004 - a document is wrong, not a type
    usable = (_read_key(each) for each in listed[:_MOST_KEYS] if isinstance(each, dict))
    return {name: key for name, key in usable if key.algorithms}


def find_key_id(text: str) -> str:
    """Which key a token says that it is signed with; empty where it names none. TokenInvalid."""
    if len(text) > LONGEST:
        raise TokenInvalid(why="unreadable")
    try:
        header = _read_header(text)
    except Exception as error:  # whatever a stranger's text does to the library
        raise TokenInvalid(why="unreadable") from error
    kind = header.get("typ", "jwt")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenInvalid(why="unreadable")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _ALLOWED:
        raise TokenInvalid(why="algorithm")
    return str(header.get("kid", ""))


def read_token(text: str, key: SigningKey, rules: TokenRules, *, now: datetime) -> Principal:
    """The caller whose token it is; TokenInvalid, TokenWithoutRole.

    Who did what is recorded as the provider's name for a person, and the provider: two providers
    may have the same name for two people.
    """
    claims = _verify(text, key, rules)
    subject = _name(claims["sub"])
    owner = _name(_find(claims, rules.owner_claim))
    # Never that of a key, which has hexadecimal digits alone.
    key_id = f"oidc:{hashlib.sha256(f'{rules.issuer} {subject}'.encode()).hexdigest()[:16]}"
    expires_at = _instant(claims, "exp")
    begins_at = _instant(claims, "nbf") if "nbf" in claims else None
    if begins_at is not None and begins_at > now + LEEWAY:
        raise TokenInvalid(why="early", key_id=key_id)
    if expires_at + LEEWAY <= now:
        raise TokenInvalid(why="expired", key_id=key_id)
    role = _find_role(claims, rules, key_id)
    return Principal(
        key_id=key_id,
        owner=f"{owner} ({rules.issuer})",
        role=role,
        areas=_find_areas(claims, rules, key_id) if role is Role.REPORTER else frozenset(),
        responsible_unit=None,
        plan=None,
        expires_at=expires_at + LEEWAY,
        issuer=rules.issuer,
    )


def _read_key(sent: dict[str, Any]) -> tuple[str, SigningKey]:
    """A key of a set by its id; without an algorithm where it is not for signatures we take."""
    name = sent.get("kid", "")
    kind = (str(sent.get("kty")), "" if sent.get("kty") == "RSA" else str(sent.get("crv")))
    algorithms = _ALGORITHMS.get(kind, frozenset())
    if "alg" in sent:
        algorithms &= {sent["alg"]} if isinstance(sent["alg"], str) else set()
    if not algorithms or not isinstance(name, str) or sent.get("use", "sig") != "sig":
        return "", SigningKey(key=None, algorithms=frozenset())
    try:
        key = _load_key(sent, min(algorithms)).key
    except Exception:  # noqa: BLE001 - a key that is none takes no other with it
        return name, SigningKey(key=None, algorithms=frozenset())
    if kind[0] == "RSA" and key.key_size < _LEAST_RSA_BITS:
        return name, SigningKey(key=None, algorithms=frozenset())
    return name, SigningKey(key=key, algorithms=algorithms)


def _verify(text: str, key: SigningKey, rules: TokenRules) -> dict[str, Any]:
    """The claims of a token whose signature, issuer and audience are right."""
    # Its times are looked at with this deployment's clock.
    times = dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat"), False)
    try:
        claims: dict[str, Any] = _decode(
            text,
            key.key,
            algorithms=sorted(key.algorithms),
            audience=rules.audience,
            issuer=rules.issuer,
            options={**times, "require": list(_REQUIRED)},
        )
    except Exception as error:  # whatever it is, the token is not taken
        raise TokenInvalid(why=_WHYS.get(type(error).__name__, "unreadable")) from error
    return claims


def _find(claims: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - as the provider sends it
    """A claim by its name, which may have dots, or by the way to it: ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    inner = claims.get(first)
    return _find(inner, rest) if dot and isinstance(inner, dict) else None


def _name(sent: object) -> str:
    """A name as it was sent, which is fit for the ledger: no other looks the same there."""
    name = " ".join(unicodedata.normalize("NFC", sent).split()) if isinstance(sent, str) else ""
    if name != sent or not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise TokenInvalid(why="claims")
    return name


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    sent = claims[name]
    is_number = isinstance(sent, int | float) and not isinstance(sent, bool)
    if not is_number or not math.isfinite(sent) or not 0 <= sent < _LATEST:
        raise TokenInvalid(why="claims")
    return datetime.fromtimestamp(sent, UTC)


def _find_role(claims: Mapping[str, Any], rules: TokenRules, key_id: str) -> Role:
    named = set(_values(_find(claims, rules.role_claim)))
    for value, role in rules.roles.items():
        if value in named:
            return role
    raise TokenWithoutRole(why="role", key_id=key_id)


def _find_areas(claims: Mapping[str, Any], rules: TokenRules, key_id: str) -> frozenset[str]:
    named = frozenset(
        each
        for each in _values(_find(claims, rules.area_claim))
        if each.isascii() and each.isprintable() and len(each) <= _LONGEST_AREA
    )
    if not named:
        raise TokenWithoutRole(why="areas", key_id=key_id)
    return named


def _values(sent: object) -> Iterator[str]:
    """The values of a claim: a list of texts, or one text with blanks between them, as scopes."""
    listed = sent.split() if isinstance(sent, str) else sent if isinstance(sent, list) else []
    yield from (each for each in listed if isinstance(each, str) and each)
