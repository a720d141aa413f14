"""The page about security names tests that there are."""

import re

from tests.conftest import ROOT


def test_every_test_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = set(re.findall(r"`(tests/[\w./]+)`", page))
    assert len(named) > 15
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []
