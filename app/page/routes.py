"""The page and its files: a shell that reads the API, its scripts, style and words."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.words.book import texts

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent / "static"
_TYPES = MappingProxyType({".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"})
# Nothing comes from another origin, and nothing that the page holds is run or styled inline.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = MappingProxyType(
    {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
)


@router.get("/")
async def read_page() -> Response:
    """The page: everything that it shows is read from the API."""
    return _answer(_read("page.html"), "text/html")


@router.get("/page/words/{language}.json")
async def read_words(language: Literal["en", "zh"]) -> Response:
    """What the page says, and the names of codes and columns, in one language."""
    return _answer(_words(language), "application/json")


@router.get("/page/{file:path}")
async def read_file(file: str) -> Response:
    """A script or style of the page."""
    if file not in _files():
        raise HTTPException(404)
    return _answer(_read(file), _TYPES[Path(file).suffix])


@cache
def _files() -> frozenset[str]:
    return frozenset(
        each.relative_to(_FOLDER).as_posix() for each in _FOLDER.rglob("*") if each.suffix in _TYPES
    )


@cache
def _read(file: str) -> bytes:
    return (_FOLDER / file).read_bytes()


@cache
def _words(language: str) -> bytes:
    said = {subject: dict(texts(subject, language)) for subject in ("codes", "page")}
    said["columns"] = {name: each["name"] for name, each in texts("columns", language).items()}
    return bytes(JSONResponse(said).body)


def _answer(body: bytes, media_type: str) -> Response:
    return Response(body, media_type=media_type, headers=_HEADERS)
