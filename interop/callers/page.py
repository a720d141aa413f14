"""The page in Chromium: every view, the past, print, refusals and outages."""

import re

from playwright.sync_api import Browser, expect
from tabs import CITY, NATION, URL, VIEWS, chromium, go, open_tab

WIDTHS = (360, 1280, 2560)
KEYED = {"report": "reporter", "review": "reviewer"}


def try_views(browser: Browser) -> None:
    """Every view, in both languages and at three widths, is whole and asks this server alone."""
    for width in WIDTHS:
        for view in VIEWS:
            page, asked = open_tab(browser, KEYED.get(view), width=width)
            for language, word in (("zh", "版本"), ("en", "Revision")):
                go(page, view, language)
                expect(page.locator("footer.foot")).to_contain_text(word)
                sizes = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                assert sizes[0] <= sizes[1], (view, language, width, sizes)
            assert [each for each in asked if not each.startswith(URL)] == []
            assert not [each for each in asked if "dabiao_" in each]
            page.context.close()


def try_target(browser: Browser) -> None:
    """The national plan's published figures, drawn and as a table; an older period by its link."""
    page, _ = open_tab(browser)
    page.goto(f"{URL}/?plan={NATION}&lang=en")
    page.get_by_role(
        "link", name=re.compile("Software business revenue of enterprises")
    ).first.click()
    expect(page.locator("h1")).to_contain_text("Software business revenue")
    expect(page.locator("figure svg").first).to_be_attached()
    page.get_by_text("Show the figures as a table").click()
    expect(page.locator("#table tbody")).to_contain_text("Q4 2024")
    page.locator("#pick-period").select_option("2024-Q4")
    expect(page).to_have_url(re.compile("period=2024-Q4"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("period=2024-Q4"))


def try_past(browser: Browser) -> None:
    """The first revision, by its link: told on top of every view, and nothing can be written."""
    page, _ = open_tab(browser, "reporter")
    for view in ("plan", "document"):
        go(page, view, as_of="1")
        expect(page.locator("#notices")).to_contain_text("viewing the past")
    go(page, "report", as_of="1", area="luohu", period="2023-Q1")
    expect(page.locator("#submit")).to_be_disabled()
    expect(page.locator("#left")).to_contain_text("viewing the past")
    page.get_by_role("link", name="Back to latest").click()
    expect(page.locator("#notices")).to_have_count(0)


def try_print(browser: Browser) -> None:
    """A target is one A4 page, with its figures and without its controls."""
    page, _ = open_tab(browser)
    go(page, "target")
    printed = page.pdf(prefer_css_page_size=True, format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("nav").first).to_be_hidden()


def try_keys(browser: Browser) -> None:
    """A key is asked for, entered once and kept in the tab; one that is not valid is told so."""
    page, _ = open_tab(browser)
    page.goto(f"{URL}/?plan={CITY}&view=review&lang=en")
    expect(page.locator("[role=alert]")).to_contain_text("needs a key")
    page.locator("#key").fill("dabiao_no_such")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[role=alert]")).to_contain_text("not valid or has been revoked")
    assert "dabiao_no_such" not in page.url
    held, _ = open_tab(browser, "reviewer")
    go(held, "review")
    expect(held.locator("#caller")).to_contain_text("reviewer")
    held.locator("#put-away").click()
    expect(held.locator("[role=alert]")).to_contain_text("needs a key")
    assert held.evaluate("sessionStorage.length") == 0


def try_outage(browser: Browser) -> None:
    """While the server cannot be reached the figures stay, with the time that they are of."""
    page, _ = open_tab(browser)
    go(page, "plan")
    page.context.set_offline(offline=True)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).to_contain_text("cannot be reached")
    expect(page.locator("article").first).to_be_visible()
    page.locator("#retry").click()
    expect(page.locator("#notices")).to_contain_text("cannot be reached")
    # The browser tells the page that it is back: nobody has to ask.
    page.context.set_offline(offline=False)
    expect(page.locator("#notices")).to_have_count(0)


with chromium() as browser:
    for attempt in (try_views, try_target, try_past, try_print, try_keys, try_outage):
        attempt(browser)
print(f"every view of {URL} was read")
