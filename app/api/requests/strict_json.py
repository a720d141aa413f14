"""A strict reader of JSON bodies, ahead of the models.

The usual reader takes duplicate members, NaN, UTF-16 and numbers of any size, and
reads figures as binary floats; each of these loses or changes what was sent.
"""

import json
import unicodedata
from collections.abc import Callable, Coroutine
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import JsonValue

from app.api.requests.media_type import JSON, require_media_type
from app.domain.checks.written import find_unseen
from app.errors.bodies import BodyMalformed, BodyTooLarge

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

MAX_DEPTH = 16
MAX_NUMBER_LENGTH = 40
MAX_EXPONENT = 400


def load_strict(body: bytes) -> JsonValue:
    """The JSON value of a body, numbers exact, text in NFC; BodyMalformed says why not."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BodyMalformed(why="not_utf8", at=error.start) from error
    if text.startswith("\ufeff"):
        raise BodyMalformed(why="byte_order_mark")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_number,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise BodyMalformed(why="syntax", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise BodyMalformed(why="too_deep", limit=MAX_DEPTH) from error
    return _clean(value, MAX_DEPTH)


class StrictRequest(Request):
    """A request whose body is bounded and read strictly."""

    async def body(self) -> bytes:
        """The whole body; BodyTooLarge beyond the deployment's limit."""
        if not hasattr(self, "_body"):
            limit, chunks, size = self.app.state.settings.max_body_bytes, [], 0
            # What says itself that it is too large is not waited for.
            declared = self.headers.get("content-length", "")
            if declared.isdecimal() and int(declared) > limit:
                raise BodyTooLarge(limit=limit)
            async for chunk in self.stream():
                size += len(chunk)
                if size > limit:
                    raise BodyTooLarge(limit=limit)
                chunks.append(chunk)
            self._body = b"".join(chunks)
        return self._body

    async def json(self) -> JsonValue:
        """The body as JSON, read strictly, once."""
        if not hasattr(self, "_strict"):
            self._strict = load_strict(await self.body())
        return self._strict


class StrictRoute(APIRoute):
    """A route that takes JSON bodies only, and reads them strictly."""

    def get_route_handler(self) -> Handler:
        """The handler of a request, with the strict reader in place."""
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def strictly(request: Request) -> Response:
            # A wrapper around this route may have read the body, which can be read once only.
            is_strict = isinstance(request, StrictRequest)
            strict = request if is_strict else StrictRequest(request.scope, request.receive)
            if takes_body and await strict.body():
                require_media_type(request, (JSON,))
                # Read here: the framework would put its own error in place of our refusal.
                await strict.json()
            return await handle(strict)

        return strictly


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for sent, value in pairs:
        # Two spellings of one name are one member, too.
        name = _clean_text(sent)
        if name in found:
            raise BodyMalformed(why="duplicate_member", name=name[:60])
        found[name] = value
    return found


def _refuse_constant(name: str) -> JsonValue:
    raise BodyMalformed(why="not_finite", name=name)


def _number(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_LENGTH:
        raise BodyMalformed(why="long_number", limit=MAX_NUMBER_LENGTH)
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        # The exponent has more digits than a Decimal can hold.
        raise BodyMalformed(why="long_number", limit=MAX_NUMBER_LENGTH) from error
    if abs(value.adjusted()) > MAX_EXPONENT:
        raise BodyMalformed(why="long_number", limit=MAX_NUMBER_LENGTH)
    return value


def _integer(text: str) -> JsonValue:
    if len(text) > MAX_NUMBER_LENGTH:
        raise BodyMalformed(why="long_number", limit=MAX_NUMBER_LENGTH)
    return int(text)


def _clean(value: JsonValue, depth: int) -> JsonValue:
    if isinstance(value, str):
        return _clean_text(value)
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise BodyMalformed(why="too_deep", limit=MAX_DEPTH)
    if isinstance(value, list):
        return [_clean(each, depth - 1) for each in value]
    return {name: _clean(each, depth - 1) for name, each in value.items()}


def _clean_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    unseen = find_unseen(text)
    if unseen is not None:
        raise BodyMalformed(why="unseen_character", name=unseen)
    return unicodedata.normalize("NFC", text)
