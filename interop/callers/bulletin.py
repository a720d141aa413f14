"""Briefing and final assessment in Chromium: nothing scrolls sideways but tables, and on paper."""

import re

from playwright.sync_api import Browser
from tabs import CITY, NATION, URL, chromium, open_tab

WIDTHS = (360, 1280, 2560)
# What lies beyond the edge of the screen, but in the frame of its table.
BEYOND = """() => [...document.querySelectorAll('body *')].filter(
    (each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.scroll')
).map((each) => each.outerHTML.slice(0, 80))"""
A_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
# The sheets that each takes: a title, a heading or a row that stands alone would take one more.
SHEETS = {
    f"{NATION}/briefing?period=2024-Q4": 4,
    f"{NATION}/assessment": 2,
    f"{CITY}/assessment": 4,
}


def try_at_any_width(browser: Browser) -> None:
    """From a telephone to a wall: the page is as wide as the screen, tables scroll in frames."""
    for path in SHEETS:
        for language in ("zh", "en"):
            for width in WIDTHS:
                page, asked = open_tab(browser, width=width)
                page.goto(f"{URL}/api/v1/plans/{_with(path, f'format=html&lang={language}')}")
                assert page.evaluate("document.documentElement.scrollWidth") == width, path
                assert page.evaluate(BEYOND) == [], (path, width)
                assert len(asked) == 1, "the page takes nothing from elsewhere"
                page.context.close()


def try_on_paper(browser: Browser) -> None:
    """It prints on so many sheets, the first of a briefing upright."""
    for path, sheets in SHEETS.items():
        page, _ = open_tab(browser)
        page.goto(f"{URL}/api/v1/plans/{_with(path, 'format=html&lang=zh')}")
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(A_PAGE.findall(printed)) == sheets, (path, len(A_PAGE.findall(printed)))
        page.context.close()


def _with(path: str, more: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{more}"


with chromium() as browser:
    for attempt in (try_at_any_width, try_on_paper):
        attempt(browser)
print(f"the bulletins of {URL} fit every screen, and their sheets")
