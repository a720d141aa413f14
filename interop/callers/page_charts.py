"""The page in Chromium: what its charts tell, what is assumed, a past that is typed, no scripts."""

import re

from playwright.sync_api import Browser, expect
from tabs import NATION, URL, chromium, open_tab

ROWS_OF_NATION = 4


def try_tips(browser: Browser) -> None:
    """The arrow keys go through the points of a chart; a number that is rounded tells the rest."""
    page, _ = open_tab(browser)
    page.goto(f"{URL}/?plan={NATION}&view=target&indicator=software_business_revenue&lang=en")
    tip = page.locator("#tip")
    page.locator("figure svg:visible").first.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(tip).to_have_text(re.compile(r"Q4 2025\s*Actual 154,831 100 million yuan"))
    page.keyboard.press("Escape")
    expect(page.locator(".tips")).to_be_hidden()
    page.locator("figure svg:visible .c-hit").last.hover()
    expect(tip).to_be_visible()
    page.goto(f"{URL}/?plan={NATION}&lang=en")
    page.locator("data", has_text="15,483.10").first.focus()
    expect(tip).to_have_text("154,831 100 million yuan")


def try_assuming(browser: Browser) -> None:
    """A growth is assumed by the slider, and the API says what comes of it."""
    page, asked = open_tab(browser)
    page.goto(f"{URL}/?plan={NATION}&view=target&indicator=industrial_app_count&lang=en")
    page.locator("#assumed").focus()
    page.keyboard.press("End")
    expect(page.locator("#would-be output")).to_contain_text("by the end of 2025")
    expect(page.locator("#would-be")).to_contain_text("Achieved")
    page.keyboard.press("Home")
    expect(page.locator("#would-be")).to_contain_text("Missed")
    assert any(each.endswith("/scenarios") for each in asked)


def try_typing_the_past(browser: Browser) -> None:
    """A revision is typed; the banner names it, and one step back undoes it."""
    page, _ = open_tab(browser)
    page.goto(f"{URL}/?plan={NATION}&lang=en")
    page.locator("#pick-as_of").select_option("#revision")
    page.locator("#as-of-revision").fill("1")
    page.locator("#as-of-revision").press("Enter")
    expect(page.locator("#notices")).to_contain_text("(revision 1)")
    expect(page.locator("#notices")).to_contain_text("Changes since")
    page.go_back()
    expect(page.locator("#notices")).to_have_count(0)


def try_without_scripts(browser: Browser) -> None:
    """Targets, gaps and links are there without JavaScript, and where a script does not come."""
    for is_off in (True, False):
        page = browser.new_context(java_script_enabled=not is_off).new_page()
        page.route("**/page/frame.js", lambda route: route.abort())
        page.goto(f"{URL}/?plan={NATION}&lang=en")
        expect(page.locator("#plain")).to_be_visible()
        expect(page.locator("#plain tbody tr")).to_have_count(ROWS_OF_NATION)
        expect(page.locator("#plain tbody")).to_contain_text("154,831")
        expect(page.get_by_role("link", name="Briefing")).to_be_visible()


with chromium() as browser:
    for attempt in (try_tips, try_assuming, try_typing_the_past, try_without_scripts):
        attempt(browser)
print(f"the charts of {URL} tell their values")
