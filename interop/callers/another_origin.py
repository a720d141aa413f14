"""A page on another origin, in Chromium: it polls with a tag, listens with a key, and draws."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Page, expect, sync_playwright

URL, ORIGIN = os.environ["INTEROP_URL"], os.environ["INTEROP_ORIGIN"]
CITY = "shenzhen-software-2025"
KEY, REVIEWER = os.environ["INTEROP_KEY"], os.environ["INTEROP_REVIEWER"]
INDICATOR = "national_key_software_enterprises"
FIGURE = {"indicator": INDICATOR, "value": 13, "unit": "家", "basis": "level"}
REPORT = {
    "area": "yantian",
    "period": "2024-Q3",
    "figures": [FIGURE],
    "explanations": {INDICATOR: "listed"},
}
PATIENCE_MILLISECONDS = 30_000


class Quiet(SimpleHTTPRequestHandler):
    """Serves the folder that this runs in, and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing is said of a request."""


@contextmanager
def another_origin(port: int) -> Iterator[str]:
    """Serve the page on a port of its own; 0 for any."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=".")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def open_page(page: Page, origin: str, key: str) -> list[str]:
    """Open the page on an origin; what it asks for is noted, as it asks."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    given = {"url": URL, "plan": CITY, "indicator": INDICATOR, "key": key}
    page.goto(f"{origin}/another_origin.html#{urlencode(given)}")
    return asked


def submit_and_approve() -> None:
    """A district reports, and the city makes it official: two revisions."""
    with httpx.Client(base_url=f"{URL}/api/v1/plans/{CITY}", trust_env=False) as client:
        sent = client.post("/reports", json=REPORT, headers={"Authorization": f"Bearer {KEY}"})
        assert sent.status_code == 201, sent.text
        place = f"{URL}{sent.headers['location']}/approve"
        decided = client.post(place, headers={"Authorization": f"Bearer {REVIEWER}"})
        assert decided.status_code == 200, decided.text


def try_page(page: Page, origin: str) -> None:
    """The page that is allowed: one call draws, a 304 costs nothing, an event draws again."""
    asked = open_page(page, origin, KEY)
    expect(page.locator("#districts li")).to_have_count(11)
    expect(page.locator("#yantian")).to_contain_text("\u2013")
    expect(page.locator("#log")).to_contain_text("GET gaps 304")
    expect(page.locator("#log")).to_contain_text("events open")
    gaps = [each for each in asked if "/gaps?" in each]
    # Every further call is the same one.
    assert len(set(gaps)) == 1, gaps
    submit_and_approve()
    # It waits for a decision: only a key is told of it.
    expect(page.locator("#log")).to_contain_text("event revision submit")
    expect(page.locator("#log")).to_contain_text("event revision approve")
    expect(page.locator("#yantian")).to_contain_text("13 家")
    page.screenshot(path="another_origin.png")
    (used,) = {each.partition(" ")[2] for each in asked if "/events?" in each}
    # A ticket that was used ends an EventSource for good, instead of letting it ask for ever.
    state = page.evaluate(
        """(url) => new Promise((resolve) => {
            const source = new EventSource(url);
            source.onerror = () => setTimeout(() => resolve(source.readyState), 3000);
        })""",
        used,
    )
    assert state == 2, state
    assert sum(used in each for each in asked) == 2, asked


def try_other_page(page: Page, origin: str) -> None:
    """A page on an origin that the deployment does not name reads nothing."""
    open_page(page, origin, KEY)
    expect(page.locator("#state")).to_contain_text("Not available")
    expect(page.locator("#districts li")).to_have_count(0)


port = int(ORIGIN.rpartition(":")[2])
with sync_playwright() as playwright, another_origin(port) as own, another_origin(0) as other:
    # Chromium refuses to isolate itself where everything runs as root.
    browser = playwright.chromium.launch(
        executable_path=os.environ["INTEROP_CHROMIUM"], args=["--no-sandbox"]
    )
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    try_page(browser.new_page(), own)
    try_other_page(browser.new_page(), other)
    browser.close()
print(f"a page on {own} drew the districts of {URL}; one on {other} was refused")
