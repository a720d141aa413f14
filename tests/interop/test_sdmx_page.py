"""docs/sdmx.md cannot lie: its commands and snippets are run, and give what it shows."""

import re
import shlex

import httpx
import pytest
import sdmx

from tests.conftest import ROOT
from tests.interop.conftest import Served
from tests.serving import NOBODY

PAGE = (ROOT / "docs" / "sdmx.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [found.groups() for found in BLOCK.finditer(PAGE)]


def _curl(command: str) -> httpx.Response:
    program, silent, url, *headers = shlex.split(command)
    assert (program, silent, headers[:1] in ([], ["-H"])) == ("curl", "-s", True)
    sent = dict(each.split(": ", 1) for each in headers[1::2])
    return httpx.get(url, headers=sent, trust_env=False, verify=NOBODY)


def test_the_commands_give_what_is_shown(served: Served) -> None:
    (shown,) = [(text, output) for language, text, output in BLOCKS if language == "sh"]
    address, *commands = shown[0].replace(ADDRESS, served.url).splitlines()
    answers = [_curl(each.replace("$SDMX", address.partition("=")[2])) for each in commands]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[-1].text.replace("\r\n", "\n").startswith(shown[1])


@pytest.mark.parametrize("library", ["pysdmx", "sdmx1", "sdmx1 by SDMX-REST 2"])
def test_the_snippets_print_what_is_shown(
    served: Served, library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["pysdmx", "sdmx1", "sdmx1 by SDMX-REST 2"].index(library)
    text, output = [block[1:] for block in BLOCKS if block[0] == "python"][place]
    sdmx.source.sources.pop("DABIAO", None)
    exec(compile(text.replace(ADDRESS, served.url), library, "exec"), {})  # noqa: S102
    assert capsys.readouterr().out == output


def test_the_page_names_the_parameters_that_there_are(served: Served) -> None:
    paths = httpx.get(f"{served.url}/openapi.json", trust_env=False, verify=NOBODY).json()["paths"]
    known = {
        each["name"]
        for path, operations in paths.items()
        if path.startswith("/sdmx/")
        for each in operations["get"]["parameters"]
        if each["in"] == "query" and not each["name"].startswith("c[")
    }
    assert {name for name in known if f"`{name}" not in PAGE} == {"mode"}
    (sentence,) = re.findall(r"^Structure queries take .*$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`([a-z]+[a-zA-Z]*)`", sentence)) <= known
