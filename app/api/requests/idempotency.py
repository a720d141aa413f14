"""Retries that are safe: the answer of a write is stored in the write's own transaction.

The same key and body repeat the stored answer; another body under the same key is
refused. Failures are not stored: they wrote nothing, so a retry is judged again.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import sqlalchemy as sa
from fastapi import Request, Response
from sqlmodel import Session, col

from app.api.requests.upload import FORM, find_upload, is_form
from app.database import look
from app.domain.checks.finding import shown
from app.errors.failure import ParametersInvalid
from app.errors.fault import invalid_parameter
from app.errors.reports import IdempotencyInProgress, IdempotencyKeyReused
from app.services.access.keys import Principal
from app.tables import Idempotency
from app.tables.storing import WaitingRows

HEADER = "idempotency-key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
_KEPT_HEADERS = ("location", "content-type", "content-language")
_FOUND = sa.select(
    *(col(getattr(Idempotency, name)) for name in ("request_digest", "status", "headers", "body"))
).where(
    *(
        col(getattr(Idempotency, name)) == sa.bindparam(name)
        for name in ("principal", "route", "key")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What a request is known by when it comes again, and the digest of what it brings."""

    principal: str
    route: str
    key: str
    digest: str

    @classmethod
    async def read(cls, request: Request, principal: Principal) -> Self | None:
        """The retry that a request may be; None where it brings no key.

        A key is told by itself. A token is renewed every few minutes: its holder stays the same.
        """
        key = request.headers.get(HEADER)
        if key is None:
            return None
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            sent = shown(key)
            fault = invalid_parameter(HEADER, sent, "idempotency_key", limit=LONGEST_KEY)
            raise ParametersInvalid([fault])
        is_key = principal.issuer is None
        caller = request.headers.get("authorization", "") if is_key else principal.key_id
        return cls(
            principal=hashlib.sha256(caller.encode()).hexdigest(),
            route=request.url.path,
            key=key,
            digest=await _digest(request),
        )

    def find(self, session: Session) -> Response | None:
        """The stored answer; IdempotencyKeyReused for another body, IdempotencyInProgress."""
        name = (self.principal, self.route, self.key)
        # Whether the request came twice in one group.
        connection = look(session, needs_left=name in session.info["retries"])
        if connection.dialect.name == "postgresql":
            # Another process may be at it: it is told of, not waited for.
            bytes_of = hashlib.sha256("|".join(name).encode()).digest()[:8]
            lock = sa.text("SELECT pg_try_advisory_xact_lock(:number)")
            number = int.from_bytes(bytes_of, signed=True)
            if not connection.execute(lock, {"number": number}).scalar_one():
                raise IdempotencyInProgress(key=self.key)
        asked = dict(zip(("principal", "route", "key"), name, strict=True))
        found = connection.execute(_FOUND, asked).first()
        if found is None:
            return None
        if found.request_digest != self.digest:
            raise IdempotencyKeyReused(key=self.key)
        headers = json.loads(found.headers) | {REPLAYED: "true"}
        return Response(found.body, found.status, headers=headers)

    def keep(self, session: Session, response: Response, now: datetime) -> None:
        """Store the answer for the next time."""
        kept = {each: response.headers[each] for each in _KEPT_HEADERS if each in response.headers}
        rows = WaitingRows(session.connection)
        rows.add(
            Idempotency,
            {
                "principal": self.principal,
                "route": self.route,
                "key": self.key,
                "request_digest": self.digest,
                "status": response.status_code,
                "headers": json.dumps(kept),
                "body": bytes(response.body).decode("utf-8"),
                "created_at": now,
            },
        )
        rows.leave(session)
        session.info["retries"].add((self.principal, self.route, self.key))


async def _digest(request: Request) -> str:
    """The digest of query, media type and body; a file has one already."""
    # A form has another boundary each time that it is sent.
    kind = FORM if is_form(request) else request.headers.get("content-type", "")
    digest = hashlib.sha256(f"{request.url.query}\n{kind}\n".encode())
    upload = find_upload(request)
    digest.update(await request.body() if upload is None else upload.digest.encode())
    return digest.hexdigest()
