"""Tabs of the page in Chromium, each of somebody; an error in one is an error of the trial."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

URL = os.environ["INTEROP_URL"]
KEYS = {"reporter": os.environ["INTEROP_KEY"], "reviewer": os.environ["INTEROP_REVIEWER"]}
CITY = "shenzhen-software-2025"
NATION = "china-software-2025"
VIEWS = ("plan", "target", "areas", "completeness", "report", "review", "document", "ledger")
WORKERS = "new_software_workers"
PATIENCE_MILLISECONDS = 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. It refuses to isolate itself where everything runs as root."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["INTEROP_CHROMIUM"], args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def open_tab(
    browser: Browser, role: str | None = None, *, width: int = 1280, scheme: str = "light"
) -> tuple[Page, list[str]]:
    """A tab of somebody, and what it asks for. A refused style or script is an error in it."""
    size = {"width": width, "height": 900}
    page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: fail(str(error)))
    page.on("console", lambda told: is_fault(told) and fail(told.text))
    if role:
        page.goto(f"{URL}/page/icon.svg")
        page.evaluate("(key) => sessionStorage.setItem('dabiao-key', key)", KEYS[role])
    return page, asked


def is_fault(told: ConsoleMessage) -> bool:
    """Whether what the console tells is an error of the page: an answer that refuses is none."""
    return told.type == "error" and not told.text.startswith("Failed to load resource")


def fail(text: str) -> None:
    """An error in the page is one of the trial."""
    raise AssertionError(text)


def go(page: Page, view: str, language: str = "en", **more: str) -> None:
    """Open a view by its address, and wait until it is there."""
    known = {"indicator": "value_added"} if view == "target" else {}
    query = "&".join(f"{name}={value}" for name, value in {**known, **more}.items())
    page.goto(f"{URL}/?plan={CITY}&view={view}&lang={language}&{query}")
    expect(page.locator("#content h1")).to_be_visible()
