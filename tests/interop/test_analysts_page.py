"""docs/analysts.md cannot lie: what can be run is run, the rest names what there is."""

import csv
import io
import re
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.interop.conftest import Served
from tests.serving import NOBODY
from tests.test_readme import ADDRESS, FENCE, Block, Shell, _assert_shown

PAGE = (ROOT / "docs" / "analysts.md").read_text("utf-8")
BLOCKS = [Block(language, text) for language, text in FENCE.findall(PAGE)]
# What the snippets add to the table, and words of the languages themselves.
NEW = {"change", "share_percent", "national_gap"}
WORDS = {"wide", "china"}
# How else a snippet names a column than between quotation marks.
BARE = {"r": r'(\w+) == "|\$(\w+)', "m": r'\b([a-z]+) = "|\[([a-z_]+)\]'}


def _snippet(language: str) -> str:
    (found,) = [block.text for block in BLOCKS if block.language == language]
    return found


def _url(language: str) -> str:
    """The address that a snippet reads: its pieces put together."""
    text = re.sub(r'",?\s+"', "", _snippet(language))
    (found,) = re.findall(rf'"({re.escape(ADDRESS)}[^"]+)"', text)
    return str(found)


def test_the_commands_give_what_is_shown(served: Served, tmp_path: Path) -> None:
    with httpx.Client(trust_env=False, verify=NOBODY) as client:
        shell = Shell(tmp_path, served.url, {}, client)
        shown = 0
        for block, following in pairwise(BLOCKS):
            if block.language == "sh":
                answer = shell.run(block)
                assert answer is not None
                _assert_shown(following, answer)
                shown += 1
    assert shown == 3


def test_the_pandas_snippet_prints_what_is_shown(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _snippet("python").replace(ADDRESS, served.url)
    exec(compile(text, "pandas", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out == _snippet("text")


@pytest.mark.parametrize("language", ["r", "m"])
def test_the_other_snippets_read_the_same_table_and_name_its_columns(
    served: Served, language: str
) -> None:
    assert _url(language) == _url("python")
    table = httpx.get(_url(language).replace(ADDRESS, served.url), trust_env=False, verify=NOBODY)
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert len(rows) == 10
    text = _snippet(language)
    named = re.findall(rf'"([a-z][a-z_]*)"|{BARE[language]}', text)
    columns = {name for names in named for name in names if name} - NEW - WORDS
    assert {"area", "period", "actual", "gap"} <= columns <= set(rows[0])


def test_the_answer_in_words_is_that_of_the_table(served: Served) -> None:
    answer = httpx.get(
        f"{served.url}/api/v1/plans/china-software-2025/gaps/software_business_revenue",
        params={"period": "2024-Q4", "from_period": "2022-Q4"},
        trust_env=False,
        verify=NOBODY,
    ).json()
    assert f"{answer['gap']:,} 亿元 short of the target of {answer['target']:,}" in PAGE
    assert f"({answer['gap_percent']:.2f} %)" in PAGE
    (east,) = [each for each in answer["contributions"] if each["area"] == "east"]
    assert f"The eastern region contributed {east['contribution_percent']:.2f} %" in PAGE
    (last,) = [each for each in answer["series"] if each["period"] == "2025-Q4"]
    assert f"The figure for 2025 turned out to be {last['actual']:,}." in PAGE
    assert "nominal 80 % interval" in PAGE
