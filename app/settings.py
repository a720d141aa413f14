"""The settings of a deployment: the only reader of the environment."""

import os
import re
from difflib import get_close_matches
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import sqlalchemy as sa
from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DABIAO_"
# The database of each kind, and its one driver.
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
NO_ORIGIN = "none"
ANY_HOST = "any"
NO_PROXY = "none"
NO_ISSUER = "none"
FOUND = "discover"
# Reads that are not heavy, calculated at once in a process.
_OTHER_READS = 2
# What a caller may do, by name: what a token's claim is mapped to.
ROLES = ("reader", "reporter", "reviewer", "administrator")
# An origin has no path, not even a slash (RFC 6454).
_ORIGIN = re.compile(r"\*|https?://[^\s/?#@,*]+", re.IGNORECASE)


class Settings(BaseSettings):
    """Each setting is an environment variable with the prefix ``DABIAO_``.

    A variable with the prefix that is no setting is an error: a mistyped
    ``DABIAO_READ_ACCESS`` would leave figures open that were meant to be closed.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    database_url: str = Field(
        default="sqlite:///dabiao.db",
        description="Where the data is: an SQLite file, or postgresql+psycopg://...",
    )
    read_access: Literal["public", "key"] = Field(
        default="public", description="Whether official figures are read without a key."
    )
    allowed_origins: str = Field(
        default=NO_ORIGIN,
        description="Origins of the pages that may read and write from a browser, separated by "
        "commas; none, or * for all.",
    )
    busy_timeout_seconds: float = Field(
        default=2.0, gt=0, description="How long a write waits for its turn before it is refused."
    )
    write_queue: int = Field(
        default=256, gt=0, description="How many writes may wait for their turn in a process."
    )
    cache_bytes: int = Field(
        default=32 * 1024 * 1024,
        ge=0,
        description="How much memory a process may use for answers that are ready to be sent.",
    )
    hook_addresses: Literal["public", "any"] = Field(
        default="public",
        description="Where web hooks may point: public addresses by https, or any, private ones "
        "and http too.",
    )
    max_body_bytes: int = Field(
        default=1024 * 1024, gt=0, description="The largest JSON body that is accepted."
    )

    max_file_bytes: int = Field(
        default=32 * 1024 * 1024, gt=0, description="The largest CSV or XLSX file that is accepted."
    )

    allowed_hosts: str = Field(
        default=ANY_HOST,
        description="Names that the deployment answers to in the header Host, separated by "
        "commas; or any.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses and networks of the proxies whose X-Forwarded-For is trusted, "
        "separated by commas; or none.",
    )
    # About as much as a process can work out: one address cannot keep it busy for long.
    requests_per_address: int = Field(
        default=12_000,
        ge=0,
        description="Requests a minute from an address without a key that must be calculated; "
        "0 for no limit.",
    )
    # A program that sends every report of a city at once is not stopped.
    requests_per_key: int = Field(
        default=60_000,
        ge=0,
        description="Requests a minute with a key that must be calculated; 0 for no limit.",
    )
    # Nobody mistypes a key so often; a guess at 256 random bits is hopeless at any rate.
    failed_keys_per_address: int = Field(
        default=60,
        ge=0,
        description="Requests a minute with invalid keys, from one address; 0 for no limit.",
    )
    # More at once only make each other slower, and everything else too: a process calculates on one
    # processor, which each of them wants as much of as all that is not heavy together.
    heavy_reads: int = Field(
        default=1,
        gt=0,
        description="Reads that take long to calculate, at once in a process; as many again for "
        "callers with a key.",
    )
    listeners: int = Field(
        default=400, gt=0, description="Clients that listen to events, at once in a process."
    )

    oidc_issuer: str = Field(
        default=NO_ISSUER,
        description="The OpenID Connect provider whose access tokens are accepted beside keys, "
        "exactly as the claim iss of its tokens gives it; none accepts keys only.",
    )
    oidc_audience: str = Field(
        default="dabiao", min_length=1, description="What the claim aud of a token must contain."
    )
    oidc_keys_url: str = Field(
        default=FOUND,
        description="The https address of the provider's public keys (JWKS); discover reads it "
        "from the provider's configuration.",
    )
    oidc_owner_claim: str = Field(
        default="sub",
        min_length=1,
        description="The claim with the name under which changes are recorded. The "
        "provider must never give a name to a second person, and nobody may change their own.",
    )
    oidc_role_claim: str = Field(
        default="roles",
        min_length=1,
        description="The claim with the roles, for example realm_access.roles for a claim within "
        "another.",
    )
    oidc_roles: str = Field(
        default=",".join(f"{each}={each}" for each in reversed(ROLES)),
        description="The role that each value of that claim gives, as value=role, separated by "
        "commas. If a token has several values, the first in this list counts.",
    )
    oidc_area_claim: str = Field(
        default="areas",
        min_length=1,
        description="The claim with the codes of the areas that a reporter reports for.",
    )

    log_requests: Literal["no", "yes"] = Field(
        default="no", description="Whether each request is a line in the log."
    )

    @property
    def hosts(self) -> frozenset[str]:
        """The allowed hosts, one by one, without ports; none for any."""
        named = frozenset(each.strip().lower() for each in self.allowed_hosts.split(","))
        return frozenset() if ANY_HOST in named else named - {""}

    @property
    def is_embedded(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def readers(self) -> int:
        """How many reads are calculated at once: heavy ones of both kinds, and others."""
        return 2 * self.heavy_reads + _OTHER_READS

    @property
    def origins(self) -> frozenset[str]:
        """The allowed origins, one by one, as a browser writes them."""
        named = (each.strip().lower() for each in self.allowed_origins.split(","))
        return frozenset(named) - {"", NO_ORIGIN}

    @property
    def takes_tokens(self) -> bool:
        """Whether the tokens of a provider are accepted."""
        return self.oidc_issuer != NO_ISSUER

    @property
    def has_keys_url(self) -> bool:
        """Whether it is known where the provider's keys are."""
        return self.oidc_keys_url != FOUND

    @property
    def roles_of_tokens(self) -> list[str]:
        """The roles that the holders of tokens may have."""
        return list(self.roles_of_claims.values()) if self.takes_tokens else []

    @property
    def roles_of_claims(self) -> dict[str, str]:
        """The role for each value of the claim with roles, in the order in which they count."""
        parts = (each.strip().rpartition("=") for each in self.oidc_roles.split(","))
        return {value.strip(): role.strip() for value, _, role in parts}

    @field_validator("oidc_issuer")
    @classmethod
    def _is_issuer(cls, text: str) -> str:
        if text == NO_ISSUER:
            return text
        if not is_safe_address(text):
            raise PydanticCustomError("oidc_address", "no https address")
        if find_spec("jwt") is None or find_spec("cryptography") is None:
            raise PydanticCustomError("oidc_not_installed", "no library")
        return text

    @field_validator("oidc_keys_url")
    @classmethod
    def _is_of_keys(cls, text: str) -> str:
        if text != FOUND and not is_safe_address(text):
            raise PydanticCustomError("oidc_address", "no https address")
        return text

    @field_validator("oidc_roles")
    @classmethod
    def _are_roles(cls, text: str) -> str:
        for each in text.split(","):
            value, _, role = each.strip().rpartition("=")
            if not value.strip() or role.strip() not in ROLES:
                raise PydanticCustomError("oidc_roles", "no value and role")
        return text

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        for each in text.split(","):
            if each.strip() not in {"", NO_ORIGIN} and not _ORIGIN.fullmatch(each.strip()):
                raise PydanticCustomError("allowed_origins", "not an origin")
        return text

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, text: str) -> str:
        try:
            url = sa.make_url(text)
            kind, driver = url.get_backend_name(), url.get_driver_name()
        except sa.exc.ArgumentError as error:
            raise PydanticCustomError("database_url", "not a database") from error
        # With two slashes a file's name is taken for a host.
        if _DRIVERS.get(kind) != driver or (kind == "sqlite" and url.host):
            raise PydanticCustomError("database_url", "not a database")
        if kind == "postgresql" and find_spec(driver) is None:
            raise PydanticCustomError("postgres_not_installed", "no driver")
        return text

    @model_validator(mode="after")
    def _has_no_other(self) -> Self:
        known = sorted(name.upper() for name in type(self).model_fields)
        given = sorted(each.upper() for each in os.environ)
        for name in (each.removeprefix(PREFIX) for each in given if each.startswith(PREFIX)):
            if name not in known:
                nearest = [f"{PREFIX}{each}" for each in get_close_matches(name, known, 1)]
                facts: dict[str, Any] = {"name": f"{PREFIX}{name}", "nearest": "".join(nearest)}
                raise PydanticCustomError("unknown_setting", "no such setting", facts)
        return self


def is_safe_address(text: str) -> bool:
    """Whether nobody on the way can change what an address answers: https, or this machine."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment or not text.isascii():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
