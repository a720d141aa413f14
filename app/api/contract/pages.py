"""The pages about the API: where to begin, every operation, and what each problem means."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app import __version__
from app.api.answers.statuses import STATUS
from app.api.requests.accept import choose_language, choose_media_type, read_wishes
from app.errors.reports import DecisionsRefused, SubmissionRefused
from app.words.book import LANGUAGES, texts
from app.words.explained import FIELD_CODES, Meaning, explain

router = APIRouter(include_in_schema=False)

ASSETS = "/docs/assets"
DOCUMENT = "/openapi.json"
PLAN = "shenzhen-software-2025"
# Paths that the API's own description leaves out: its pages, and itself.
UNLISTED_PATHS = (
    *("/docs", f"{ASSETS}/{{file}}", DOCUMENT, "/problems", "/problems/{code}", "/metrics"),
)
_CALLS = MappingProxyType(
    {
        "plans": "/api/v1/plans",
        "gaps": f"/api/v1/plans/{PLAN}/gaps",
        "file": f"/api/v1/plans/{PLAN}/gaps?format=csv",
    }
)
# The statuses of the problems that are no failure of a service.
_STATUSES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {kind.code: (status,) for kind, status in STATUS.items()}
    | {
        SubmissionRefused.code: (409, 422),
        DecisionsRefused.code: (403, 409, 412, 422),
        "explanation_required": (422,),
        "internal_error": (500,),
        "method_not_allowed": (405,),
        "no_such_path": (404,),
    }
)
_TITLE = "Problem codes 问题代码"
_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "pages.css").read_text("utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
_BY_LANGUAGE: Mapping[str, str] = MappingProxyType({"Vary": "Accept-Language"})
_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><main>{body}</main></body></html>
"""


def install_assets(app: FastAPI) -> None:
    """Serve what the documentation loads from this machine."""
    folder = Path(fastapi_offline.__file__).parent / "static"
    app.mount(ASSETS, StaticFiles(directory=folder), name="docs-assets")


@router.get(DOCUMENT)
def read_document(request: Request) -> JSONResponse:
    """The OpenAPI document. Made in a thread: the first time, that takes a second."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
async def read_docs(request: Request) -> HTMLResponse:
    """Every operation, under a first screen that says where to begin."""
    languages = _languages(request)
    page = get_swagger_ui_html(
        openapi_url=DOCUMENT,
        title="Dabiao API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
        # Without the first the page asks a validator on the internet.
        swagger_ui_parameters={"validatorUrl": None, "docExpansion": "none", "filter": True},
    )
    welcome = "".join(_welcome(language) for language in languages)
    shown = bytes(page.body).decode().replace("</head>", f"<style>{_STYLE}</style></head>", 1)
    shown = shown.replace("<html>", f'<html lang="{languages[0]}">', 1)
    shown = shown.replace("<body>", f"<body><header>{welcome}</header>", 1)
    return HTMLResponse(shown, headers=_BY_LANGUAGE)


@router.get("/problems")
async def read_problems(request: Request) -> Response:
    """Every code that a problem may have, with what it means."""
    codes = {code: found for code in _codes() if (found := explain(code))}
    if _wants_json(request):
        return JSONResponse({"items": [_as_json(*each) for each in codes.items()]})
    languages = _languages(request)
    listed = "".join(_entry(*each, languages) for each in codes.items())
    return _answer(_TITLE, f"<h1>{_TITLE}</h1>{listed}", languages)


@router.get("/problems/{code}")
async def read_problem(request: Request, code: str) -> Response:
    """What one code means: the page that the ``type`` of a problem leads to."""
    found = explain(code) if code in _codes() else None
    if found is None:
        raise HTTPException(404)
    if _wants_json(request):
        return JSONResponse(_as_json(code, found))
    links = f'<p><a href="/problems">{_TITLE}</a> · <a href="/docs">/docs</a></p>'
    languages = _languages(request)
    return _answer(code, _entry(code, found, languages) + links, languages)


def _codes() -> list[str]:
    """Problems first, then what is found in a report, then in a parameter or field."""
    faults = [FIELD_CODES.get(code, code) for code in texts("faults", "en")["faults"]]
    kinds = [code for code in texts("problems", "en")["problems"] if code in _STATUSES]
    findings = [code for code in texts("findings", "en")["findings"] if explain(code)]
    return list(dict.fromkeys([*kinds, *findings, *faults]))


def _wants_json(request: Request) -> bool:
    wishes = read_wishes(request.headers.get("accept"))
    return choose_media_type(wishes, ("text/html", "application/json")) == "application/json"


def _as_json(code: str, found: Mapping[str, Meaning]) -> dict[str, Any]:
    said = {
        language: {"title": each.title, "detail": each.detail, "causes": list(each.causes)}
        for language, each in found.items()
    }
    return {"code": code, "type": f"/problems/{code}", "status": _STATUSES.get(code, ()), **said}


def _languages(request: Request) -> list[str]:
    """Both languages, the reader's first: on a phone the other one is below it."""
    first = choose_language(request.headers.get("accept-language"))
    return sorted(LANGUAGES, key=lambda each: each != first)


def _answer(title: str, body: str, languages: list[str]) -> HTMLResponse:
    text = _PAGE.format(language=languages[0], title=escape(title), style=_STYLE, body=body)
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, **_BY_LANGUAGE})


def _entry(code: str, found: Mapping[str, Meaning], languages: list[str]) -> str:
    """One code, in both languages."""
    status = ", ".join(str(each) for each in _STATUSES.get(code, ()))
    said = "".join(_meaning(language, found[language]) for language in languages)
    heading = f'<a href="/problems/{code}"><code>{code}</code></a> <small>{status}</small>'
    return f'<article id="{code}"><h2>{heading}</h2>{said}</article>'


def _meaning(language: str, said: Meaning) -> str:
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in said.causes)
    body = f"<h3>{escape(said.title)}</h3><p>{escape(said.detail)}</p>"
    listed = f"<ul>{causes}</ul>" if causes else ""
    return f'<section lang="{language}">{body}{listed}</section>'


def _welcome(language: str) -> str:
    """What this is and where to begin, in a language."""
    words = texts("contract", language)["page"]
    calls = "".join(
        f'<li><a href="{path}"><code>GET {path}</code></a> {words["calls"][name]}</li>'
        for name, path in _CALLS.items()
    )
    plan = words["plan"].format(code=f"<code>{PLAN}</code>")
    return (
        f'<section lang="{language}"><h1>{words["title"]} <small>{__version__}</small></h1>'
        f"<p>{words['what']}</p><h2>{words['begin']}</h2><p>{plan}</p><ol>{calls}</ol>"
        f'<p>{words["key"]}</p><p><a href="/problems">{words["problems"]}</a> · '
        f'<a href="/openapi.json">{words["contract"]}</a></p></section>'
    )


def allowed_methods(app: FastAPI) -> Callable[[str], str]:
    """The methods of a path, as an Allow header has them; empty for an unknown path."""

    @cache
    def templates() -> list[tuple[re.Pattern[str], list[str]]]:
        listed = [
            (_pattern(path), [method.upper() for method in item])
            for path, item in app.openapi()["paths"].items()
        ]
        return listed + [(_pattern(path), ["GET"]) for path in UNLISTED_PATHS]

    def allowed(path: str) -> str:
        found = {
            method for pattern, each in templates() if pattern.fullmatch(path) for method in each
        }
        if "GET" in found:
            found.add("HEAD")
        return ", ".join(sorted(found | {"OPTIONS"})) if found else ""

    return allowed


def _pattern(path: str) -> re.Pattern[str]:
    """What a path template matches: {path} stands for the rest, other names for one segment."""
    rest = re.escape(path).replace(re.escape("{path}"), ".*")
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", rest))
