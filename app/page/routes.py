"""The page and its files: tables that need no script, the scripts, style and words."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.api.requests.accept import choose_language
from app.api.requests.dependencies import Now, Reader, ReadSession
from app.page.plain import write_plain
from app.words.book import LANGUAGES, texts

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
def read_page(request: Request, session: ReadSession, now: Now) -> Response:
    """The page: its scripts read the API; the tables within are for where they do not run."""
    asked = request.query_params
    language = asked.get("lang", "")
    if language not in LANGUAGES:
        language = choose_language(request.headers.get("accept-language"))
    # Who opens a page has no key yet: it is entered there.
    reader = Reader(request=request, session=session, principal=None, now=now)
    plain = write_plain(reader, asked.get("plan"), language)
    shell = _read("page.html").decode()
    if request.app.state.is_demo:
        shell = shell.replace('data-demo=""', 'data-demo="demo"')
    return _answer(shell.replace("<!-- plain -->", plain).encode(), "text/html")


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
