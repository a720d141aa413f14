"""A quarter in the page: reported, returned, mended, approved; by keyboard; by spreadsheet."""

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Browser, Locator, Page, expect
from tabs import KEYS, WORKERS, chromium, go, open_tab

# Of a quarter that no other client reports for.
HERE = {"area": "longhua", "period": "2023-Q2"}
NAMED = re.compile("Longhua District.*Q2 2023")
# The rows of the form for spreadsheets begin here; values are in this column.
FIRST_ROW, VALUE = 7, 5
KEYBOARD = {"area": "luohu", "period": "2023-Q1"}
BY_FILE = {"area": "yantian", "period": "2023-Q1"}


def try_quarter(browser: Browser) -> None:
    """Report, finding, explanation, return, resubmission, approval: and the plan shows it."""
    clerk, _ = open_tab(browser, "reporter")
    reviewer, _ = open_tab(browser, "reviewer")
    watcher, asked = open_tab(browser)
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
    workers = clerk.locator(f"#f-{WORKERS}")
    workers.fill("many")
    found = clerk.locator(f"#field-{WORKERS} .find")
    expect(found).to_contain_text("is not a number")
    expect(clerk.locator("#left")).to_contain_text("Errors: 1")
    workers.fill("9,000,000")
    expect(found).to_contain_text("target")
    expect(clerk.locator("#submit")).to_be_disabled()
    clerk.locator(f"#explanation-{WORKERS}").fill("two headquarters moved in")
    poll_while_typing(clerk)
    submit(clerk)


def poll_while_typing(clerk: Page) -> None:
    """What is typed outlives polls, reloads and the other language; and so does the focus."""
    reason = clerk.locator(f"#explanation-{WORKERS}")
    clerk.evaluate("dispatchEvent(new Event('online'))")
    clerk.wait_for_timeout(300)
    expect(reason).to_be_focused()
    clerk.reload()
    expect(clerk.locator(f"#f-{WORKERS}")).to_have_value("9,000,000")
    go(clerk, "report", "zh", **HERE)
    expect(clerk.locator(f"#f-{WORKERS}")).to_have_value("9,000,000")
    go(clerk, "report", **HERE)
    # Nothing is submitted unchecked: the button says again what was found.
    clerk.get_by_role("button", name="Check again").click()
    expect(reason).to_have_value("two headquarters moved in")


def submit(clerk: Page) -> None:
    """Submit what is entered; that the rest will follow is said first."""
    expect(clerk.locator("#left")).to_contain_text("Not entered yet")
    expect(clerk.locator("#submit")).to_be_disabled()
    clerk.locator("#partial").check()
    clerk.locator("#submit").click()
    expect(clerk.locator("#sent")).to_contain_text("Submitted for review")


def send_back(reviewer: Page) -> None:
    """The reviewer reads the explanation and returns the report, with a reason or not at all."""
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
    expect(clerk.locator(f"#f-{WORKERS}")).to_have_value("9,000,000")
    clerk.locator(f"#f-{WORKERS}").fill("900")
    expect(clerk.locator(f"#field-{WORKERS} .find")).to_have_count(0)
    submit(clerk)


def approve(reviewer: Page) -> None:
    """The reviewer sees what would change for the city, and approves what is ticked."""
    go(reviewer, "review")
    item = reviewer.locator(".queue li", has_text=NAMED)
    expect(item).to_contain_text("resubmitted after a return")
    item.get_by_role("link").click()
    expect(reviewer.locator("#after")).to_contain_text("cannot be assessed yet")
    item.locator("input[type=checkbox]").check()
    reviewer.locator("#approve-chosen").click()
    expect(reviewer.locator("#told")).to_contain_text("approved")


def try_keyboard(browser: Browser) -> None:
    """The form by keyboard alone; what was submitted is shown as waiting, and withdrawn."""
    clerk, _ = open_tab(browser, "reporter")
    go(clerk, "report", **KEYBOARD)
    clerk.locator("#f-value_added").focus()
    clerk.keyboard.type("12.5")
    tab_to(clerk, clerk.locator("#f-rd_institutions"))
    clerk.keyboard.type("1")
    tab_to(clerk, clerk.locator("#partial"))
    # What Tab passed by is blank, and says so: a blank is not a zero.
    expect(clerk.locator(f"#field-{WORKERS}")).to_contain_text("A blank is not zero")
    clerk.locator("#partial").focus()
    clerk.keyboard.press("Space")
    tab_to(clerk, clerk.locator("#submit"))
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#sent")).to_contain_text("Submitted for review")
    expect(clerk.locator("#records")).to_contain_text("Submitted")
    clerk.get_by_role("button", name="Withdraw").focus()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#records")).to_contain_text("was withdrawn")


def tab_to(clerk: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until something has the focus."""
    for _ in range(most):
        clerk.keyboard.press("Tab")
        if wanted.evaluate("(each) => each === document.activeElement"):
            return
    message = f"{wanted} is not reached by Tab"
    raise AssertionError(message)


def try_file(browser: Browser) -> None:
    """The form for spreadsheets, taken, filled wrongly, dropped, told by cell, and submitted."""
    clerk, _ = open_tab(browser, "reporter")
    go(clerk, "report", **BY_FILE)
    form = taken(clerk, "Download the form (XLSX)")
    fill(form, {0: 88.5, 1: "two", 2: 40})
    clerk.locator("#file").set_input_files(form)
    told = clerk.locator("#file-state")
    expect(told).to_contain_text("E8")
    marked = openpyxl.load_workbook(taken(clerk, "with the problems marked")).worksheets[0]
    texts = " ".join(str(cell.value) for row in marked.iter_rows() for cell in row if cell.value)
    assert "two" in texts
    assert "not a number" in texts
    told.get_by_role("button", name=re.compile("Submit the 2 without problems")).click()
    expect(told).to_contain_text("Figures submitted for review: 2")
    expect(clerk.locator("#f-value_added")).to_have_value("88.5")
    drop(clerk, fill(form, {0: 88.5, 1: 2, 2: 40}))
    expect(told).to_contain_text("1 new, 0 corrected, 2 unchanged")
    told.get_by_role("button", name="Submit 1 figures").click()
    expect(told).to_contain_text("Figures submitted for review: 1")


def taken(clerk: Page, name: str) -> Path:
    """What a button gives to take away."""
    with clerk.expect_download() as download:
        clerk.get_by_role("button", name=name).click()
    path = Path(f"taken-{download.value.suggested_filename}").resolve()
    download.value.save_as(path)
    return path


def fill(form: Path, values: dict[int, object]) -> Path:
    """Write values into a form; the other rows go."""
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    for at, value in values.items():
        sheet.cell(FIRST_ROW + at, VALUE).value = value
    sheet.delete_rows(FIRST_ROW + len(values), sheet.max_row)
    book.save(form)
    return form


def drop(clerk: Page, file: Path) -> None:
    """Drop a file where the page asks for one."""
    given = clerk.evaluate_handle(
        """([bytes, name]) => {
          const given = new DataTransfer();
          given.items.add(new File([new Uint8Array(bytes)], name));
          return given;
        }""",
        [list(file.read_bytes()), file.name],
    )
    clerk.dispatch_event(".drop", "drop", {"dataTransfer": given})


with chromium() as browser:
    for attempt in (try_quarter, try_keyboard, try_file):
        attempt(browser)
print("a quarter was reported, returned, mended and approved; by keyboard and by spreadsheet")
