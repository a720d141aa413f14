"""The page as it is served: nothing inline or from elsewhere, every text in both languages."""

import re
from pathlib import Path

import pytest

from app.domain.rating import Rating
from app.page import routes
from app.words.book import LANGUAGES, texts
from tests.conftest import Deployment

FOLDER = Path(routes.__file__).parent / "static"
SCRIPTS = {
    each.relative_to(FOLDER).as_posix(): each.read_text("utf-8") for each in FOLDER.rglob("*.js")
}
VIEWS = ("areas", "completeness", "document", "ledger", "plan", "report", "review", "target")
LINES_OF_A_VIEW = 200
# What a text is asked for by: say("gap"), and say(`counts.${kind}`) for all that begin so.
SAID = re.compile(r"""say\(\s*["']([\w.]+)["']""")
SAID_BY_PART = re.compile(r"`([a-z_.]+[._])\$\{")
CHOSEN = re.compile(r"say\((?:[^()]|\([^()]*\))*?\?\s*\"([\w.]+)\"\s*:\s*\"([\w.]+)\"")


def keys_of(said: object, before: str = "") -> set[str]:
    """Every text of a book by its full key."""
    if not isinstance(said, dict):
        return {before}
    return {
        key
        for name, each in said.items()
        for key in keys_of(each, f"{before}.{name}" if before else name)
    }


def test_the_page_runs_and_loads_nothing_but_its_own(api: Deployment) -> None:
    found = api.client.get("/")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", found.text) == []
    # Text in a language is marked; links and files are of this origin.
    assert re.findall(r'(?:src|href)="(?!/)', found.text) == []


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_no_script_writes_markup_or_styles_or_names_another_origin(name: str) -> None:
    script = SCRIPTS[name]
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function|\.style\b|\bstyle:"
    assert re.findall(forbidden, script) == []
    elsewhere = set(re.findall(r"https?://[^\"'`\s]+", script)) - {"http://www.w3.org/2000/svg"}
    assert elsewhere == set()


@pytest.mark.parametrize("name", VIEWS)
def test_the_code_of_a_view_is_found_by_its_name_and_is_short(name: str) -> None:
    assert len(SCRIPTS[f"views/{name}.js"].splitlines()) <= LINES_OF_A_VIEW
    assert f'from "./views/{name}.js"' in SCRIPTS["views.js"]


def test_every_file_is_served_as_what_it_is_and_kept_by_its_tag(api: Deployment) -> None:
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    files = [each for each in FOLDER.rglob("*") if each.suffix in kinds]
    assert len(files) > len(VIEWS)
    for file in files:
        found = api.client.get(f"/page/{file.relative_to(FOLDER).as_posix()}")
        assert found.content == file.read_bytes()
        assert found.headers["content-type"].startswith(kinds[file.suffix])
        assert found.headers["x-content-type-options"] == "nosniff"
        again = {"If-None-Match": found.headers["etag"]}
        assert api.client.get(found.request.url, headers=again).status_code == 304


@pytest.mark.parametrize(
    "path", ["page.html", "none.js", "../routes.py", "..%2froutes.py", "words/fr.json", "views/"]
)
def test_what_is_no_file_of_the_page_is_not_served(api: Deployment, path: str) -> None:
    assert api.client.get(f"/page/{path}").status_code in {404, 422}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_the_scripts_say_is_in_the_book(language: str) -> None:
    known = keys_of(dict(texts("page", language)))
    said = {key for script in SCRIPTS.values() for key in SAID.findall(script)}
    said |= {key for script in SCRIPTS.values() for pair in CHOSEN.findall(script) for key in pair}
    assert said - known == set()


def test_every_text_of_the_book_is_said() -> None:
    scripts = "\n".join(SCRIPTS.values())
    # Where no script runs, the server says these.
    parts = {"plain.", *SAID_BY_PART.findall(scripts)}
    said = {key for key in keys_of(dict(texts("page", "zh"))) if not _is_said(key, scripts, parts)}
    assert said == set()


def _is_said(key: str, scripts: str, parts: set[str]) -> bool:
    return (
        f'"{key}"' in scripts or any(key.startswith(part) for part in parts) or f".{key}" in scripts
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_language_come_as_one_answer(api: Deployment, language: str) -> None:
    found = api.client.get(f"/page/words/{language}.json").json()
    assert found["page"] == dict(texts("page", language))
    assert found["columns"]["gap"] == texts("columns", language)["gap"]["name"]
    assert set(found["codes"]["rating"]) == {each.value for each in Rating}


def test_every_rating_has_a_shape_and_a_tone() -> None:
    marks = SCRIPTS["marks.js"]
    tones, shapes = marks.split("const SHAPES")[0], marks.split("const SHAPES")[1]
    for rating in Rating:
        assert f"{rating.value}:" in tones
        assert f"{rating.value}:" in shapes
