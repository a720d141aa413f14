"""An OpenID Connect provider on this machine, with real keys, and the tokens that it signs."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.conftest import NOW

AUDIENCE = "dabiao"
# Making one takes a tenth of a second.
_MADE: list[RSAPrivateKey] = []


def rsa_key(number: int = 0) -> RSAPrivateKey:
    """An RSA key: the same for the same number."""
    while len(_MADE) <= number:
        _MADE.append(generate_rsa(65537, 2048))
    return _MADE[number]


def ec_key() -> Any:
    return generate_private_key(SECP256R1())


def public_jwk(key: Any, kid: str | None, **rest: Any) -> dict[str, Any]:
    """The public part of a key, as a set of keys has it."""
    kinds = {RSAPrivateKey: RSAAlgorithm, Ed25519PrivateKey: OKPAlgorithm}
    kind: Any = next((kinds[each] for each in kinds if isinstance(key, each)), ECAlgorithm)
    found: dict[str, Any] = json.loads(kind.to_jwk(key.public_key()))
    return found | rest | ({} if kid is None else {"kid": kid})


@dataclass
class Provider:
    """What a provider answers, and how often each address was asked for."""

    port: int
    keys: list[Any] = field(default_factory=lambda: [public_jwk(rsa_key(), "first")])
    asked: list[str] = field(default_factory=list)
    # What is answered instead, under an address.
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    # Set, it answers; cleared, it is silent.
    answers: threading.Event = field(default_factory=threading.Event)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/city"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a deployment that takes its tokens."""
        return {"oidc_issuer": self.issuer}

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        self.answers.wait(10)
        if path in self.instead:
            return self.instead[path]
        if path == "/realms/city/.well-known/openid-configuration":
            keys_url = f"http://127.0.0.1:{self.port}/keys"
            return 200, json.dumps({"issuer": self.issuer, "jwks_uri": keys_url}).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": self.keys}).encode()
        return 404, b""

    def claims(self, **claims: Any) -> dict[str, Any]:
        """The claims of a reporter for Nanshan, or others; a claim that is None is left out."""
        lasting = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300}
        usual = {"iss": self.issuer, "aud": AUDIENCE, "sub": "7f3a", **lasting}
        found = {**usual, "roles": ["reporter"], "areas": ["nanshan"], **claims}
        return {name: value for name, value in found.items() if value is not None}

    def token(self, **claims: Any) -> str:
        """A good token."""
        return sign(self.claims(**claims), rsa_key(), kid="first")

    def headers(self, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**claims)}"}


def sign(claims: Any, key: Any, *, kid: str | None, algorithm: str = "RS256", **header: Any) -> str:
    """A token with these claims."""
    named = header if kid is None else {"kid": kid, **header}
    return jwt.encode(claims, key, algorithm=algorithm, headers=named)


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that listens on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = provider.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = Provider(port=server.server_address[1])
    provider.answers.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        provider.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()
