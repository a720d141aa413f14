"""Retries that are safe: the answer of a write is stored in the write's own transaction.

The same key and body repeat the stored answer; another body under the same key is
refused; while the first is running, the others are told so. Failures are not stored:
they wrote nothing, so the retry may be judged anew.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from fastapi import Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.api.requests.dependencies import authenticate, get_database
from app.api.requests.strict_json import StrictRequest, StrictRoute, is_json
from app.api.requests.upload import spool
from app.domain.checks.finding import shown
from app.errors import (
    IdempotencyInProgress,
    IdempotencyKeyReused,
    ParametersInvalid,
    invalid_parameter,
)
from app.tables import Idempotency

HEADER = "idempotency-key"
LONGEST_KEY = 255
_KEPT_HEADERS = ("location", "content-type", "content-language")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class WriteRoute(StrictRoute):
    """A route whose POST may carry an Idempotency-Key."""

    def get_route_handler(self) -> Handler:
        """The handler of a request, with its retries recognised."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            is_dry_run = request.query_params.get("dry_run", "false").lower() not in {"false", "0"}
            # A dry run leaves no trace, so it has no answer to keep.
            if key is None or request.method != "POST" or is_dry_run:
                return await handle(request)
            if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
                sent = shown(key)
                fault = invalid_parameter(HEADER, sent, "idempotency_key", limit=LONGEST_KEY)
                raise ParametersInvalid([fault])
            return await _run_once(request, key, handle)

        return once


async def _run_once(request: Request, key: str, handle: Handler) -> Response:
    strict = StrictRequest(request.scope, request.receive)
    digest = await _digest(strict)
    caller = hashlib.sha256(request.headers.get("authorization", "").encode()).hexdigest()
    name = (caller, request.url.path, key)
    running: set[tuple[str, str, str]] = request.app.state.running_keys
    if name in running:
        raise IdempotencyInProgress(key=key)
    running.add(name)
    try:
        return await _in_transaction(strict, name, digest, handle)
    finally:
        running.discard(name)
        # A repeated answer never reached the route that would have let the file go.
        if upload := getattr(request.state, "upload", None):
            upload.file.close()


async def _in_transaction(
    request: Request, name: tuple[str, str, str], digest: str, handle: Handler
) -> Response:
    """Run the request in a transaction that holds its answer too."""
    transaction = get_database(request).write_transaction()
    session = await run_in_threadpool(transaction.__enter__)
    try:
        stored = await run_in_threadpool(_find, request, session, name, digest)
        if stored is not None:
            response = stored
        else:
            request.state.write_session = session
            response = await handle(request)
            now = request.app.state.clock()
            await run_in_threadpool(_store, session, name, digest, response, now)
    except BaseException as error:
        await run_in_threadpool(transaction.__exit__, type(error), error, error.__traceback__)
        raise
    await run_in_threadpool(transaction.__exit__, None, None, None)
    return response


def _find(
    request: Request, session: Session, name: tuple[str, str, str], digest: str
) -> Response | None:
    """The stored answer; IdempotencyKeyReused for another body, IdempotencyInProgress."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256("|".join(name).encode()).digest()[:8], signed=True)
        lock = sa.text("SELECT pg_try_advisory_xact_lock(:number)")
        if not connection.execute(lock, {"number": number}).scalar_one():
            raise IdempotencyInProgress(key=name[2])
    found = session.get(Idempotency, name)
    if found is None:
        return None
    # A key that was revoked since gets nothing any more, not even what it once got.
    authenticate(request, session, request.app.state.clock())
    if found.request_digest != digest:
        raise IdempotencyKeyReused(key=name[2])
    headers = json.loads(found.headers) | {"Idempotent-Replayed": "true"}
    return Response(found.body, found.status, headers=headers)


def _store(
    session: Session,
    name: tuple[str, str, str],
    digest: str,
    response: Response,
    now: datetime,
) -> None:
    principal, route, key = name
    kept = {each: response.headers[each] for each in _KEPT_HEADERS if each in response.headers}
    session.add(
        Idempotency(
            principal=principal,
            route=route,
            key=key,
            request_digest=digest,
            status=response.status_code,
            headers=json.dumps(kept),
            body=bytes(response.body).decode("utf-8"),
            created_at=now,
        )
    )
    session.flush()


async def _digest(request: StrictRequest) -> str:
    """The digest of query, media type and body; a file is spooled, never held in memory."""
    told = "\n".join([request.url.query, request.headers.get("content-type", ""), ""])
    digest = hashlib.sha256(told.encode())
    if is_json(request):
        digest.update(await request.body())
    else:
        request.state.upload = await spool(request)
        digest.update(request.state.upload.digest.encode())
    return digest.hexdigest()
