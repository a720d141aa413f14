"""The page in Chromium: a clerk's quarter, from the form to the plan's own view."""

import os
import re

from playwright.sync_api import Browser, Page, expect, sync_playwright

URL = os.environ["INTEROP_URL"]
KEYS = {"reporter": os.environ["INTEROP_KEY"], "reviewer": os.environ["INTEROP_REVIEWER"]}
PATIENCE_MILLISECONDS = 30_000
VIEWS = ("plan", "areas", "completeness", "document", "ledger")
WIDTHS = (360, 1280, 2560)


def open_page(browser: Browser, role: str | None, width: int = 1280) -> tuple[Page, list[str]]:
    """A tab of somebody; what it asks for is noted."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: fail(str(error)))
    page.on(
        "console", lambda told: told.type == "error" and "load" not in told.text and fail(told.text)
    )
    page.goto(URL)
    if role:
        page.evaluate("(key) => sessionStorage.setItem('dabiao-key', key)", KEYS[role])
    return page, asked


def fail(text: str) -> None:
    """An error in the page is one of the test."""
    raise AssertionError(text)


def go(page: Page, view: str, language: str = "en", **more: str) -> None:
    """Open a view by its address."""
    query = "&".join(f"{name}={value}" for name, value in more.items())
    page.goto(f"{URL}/?plan={CITY}&view={view}&lang={language}&{query}")
    expect(page.locator("h1")).to_be_visible()


CITY = "shenzhen-software-2025"
NATION = "china-software-2025"
# Of a quarter that no other client reports for.
HERE = {"area": "longhua", "period": "2023-Q2"}
NAMED = re.compile("Longhua District.*Q2 2023")


def try_views(browser: Browser) -> None:
    """Every view, in both languages and at three widths, is whole and asks this server alone."""
    for width in WIDTHS:
        page, asked = open_page(browser, None, width)
        for language, word in (("zh", "版本"), ("en", "Revision")):
            for view in VIEWS:
                go(page, view, language)
                expect(page.locator("footer")).to_contain_text(word)
                sizes = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                assert sizes[0] <= sizes[1], (view, language, width, sizes)
        assert [each for each in asked if not each.startswith(URL)] == []
        page.context.close()


def try_target(browser: Browser) -> None:
    """The national plan's published figures, drawn and as a table; an older period by its link."""
    page, _ = open_page(browser, None)
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


def try_quarter(browser: Browser) -> None:
    """Report, finding, explanation, return, resubmission, approval: and the plan shows it."""
    clerk, _ = open_page(browser, "reporter")
    reviewer, _ = open_page(browser, "reviewer")
    watcher, asked = open_page(browser, None)
    go(watcher, "areas", area="longhua")
    report(clerk)
    send_back(reviewer)
    report_again(clerk)
    approve(reviewer)
    # Told by an event, and read again by tag: nobody reloads.
    expect(watcher.locator("#content")).to_contain_text("900")
    assert any("/events" in each for each in asked)
    assert KEYS["reporter"] not in "".join(asked)


def report(clerk: Page) -> None:
    """A word, then a figure beyond the whole target, which is explained."""
    go(clerk, "report", **HERE)
    workers = clerk.locator("#f-new_software_workers")
    workers.fill("many")
    found = clerk.locator("#field-new_software_workers .find")
    expect(found).to_contain_text("is not a number")
    expect(clerk.locator("#left")).to_contain_text("Errors: 1")
    workers.fill("9000000")
    expect(found).to_contain_text("target")
    reason = clerk.locator("#explanation-new_software_workers")
    reason.fill("two headquarters moved in")
    reason.blur()
    submit(clerk)


def submit(clerk: Page) -> None:
    """Submit what is entered; that the rest will follow is said first."""
    expect(clerk.locator("#left")).to_contain_text("Not entered yet")
    expect(clerk.locator("#submit")).to_be_disabled()
    clerk.locator("#partial").check()
    clerk.locator("#submit").click()
    expect(clerk.locator("#sent")).to_contain_text("Submitted for review")


def send_back(reviewer: Page) -> None:
    """The reviewer reads the explanation and returns the report."""
    go(reviewer, "review")
    reviewer.locator(".queue li", has_text=NAMED).get_by_role("link").click()
    expect(reviewer.locator(".desk")).to_contain_text("two headquarters moved in")
    reviewer.locator("#return").click()
    expect(reviewer.locator("[role=alert]")).to_contain_text("choose a reason")
    reviewer.locator("#code").select_option("wrong_value")
    reviewer.locator("#note").fill("A digit too many, please check.")
    reviewer.locator("#return").click()
    expect(reviewer.locator("#told")).to_contain_text("was returned")


def report_again(clerk: Page) -> None:
    """The clerk reads why, corrects the figure, and submits again."""
    go(clerk, "report", **HERE)
    expect(clerk.locator("#returned")).to_contain_text("A digit too many")
    expect(clerk.locator("#f-new_software_workers")).to_have_value("9,000,000")
    clerk.locator("#f-new_software_workers").fill("900")
    expect(clerk.locator("#field-new_software_workers .find")).to_have_count(0)
    submit(clerk)


def approve(reviewer: Page) -> None:
    """The reviewer approves what is ticked."""
    go(reviewer, "review")
    reviewer.locator(".queue li", has_text=NAMED).locator("input[type=checkbox]").check()
    expect(reviewer.locator("#after")).to_contain_text("cannot be assessed yet")
    reviewer.locator("#approve-chosen").click()
    expect(reviewer.locator("#told")).to_contain_text("approved")


def try_wrong_key(browser: Browser) -> None:
    """A key that is not valid is asked for again, in words; none is asked for."""
    page, _ = open_page(browser, None)
    page.goto(f"{URL}/?plan={CITY}&view=review&lang=en")
    expect(page.locator("[role=alert]")).to_contain_text("needs a key")
    page.locator("#key").fill("dabiao_no_such")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[role=alert]")).to_contain_text("not valid or has been revoked")


def try_outage(browser: Browser) -> None:
    """While the server cannot be reached the figures stay, with the time that they are of."""
    page, _ = open_page(browser, None)
    go(page, "plan")
    page.context.set_offline(offline=True)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).to_contain_text("cannot be reached")
    expect(page.locator("article").first).to_be_visible()
    page.context.set_offline(offline=False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).to_have_count(0)


with sync_playwright() as playwright:
    # Chromium refuses to isolate itself where everything runs as root.
    chromium = playwright.chromium.launch(
        executable_path=os.environ["INTEROP_CHROMIUM"], args=["--no-sandbox"]
    )
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    for attempt in (try_views, try_target, try_quarter, try_wrong_key, try_outage):
        attempt(chromium)
    chromium.close()
print(f"the page of {URL} was read, reported to and reviewed in")
