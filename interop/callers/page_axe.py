"""Whether axe-core finds anything serious: every view, both languages, light and dark."""

from pathlib import Path

from playwright.sync_api import Page, expect
from tabs import CITY, VIEWS, WORKERS, chromium, go, open_tab

AXE = Path("node_modules/axe-core/axe.min.js").read_text("utf-8")
SERIOUS = {"serious", "critical"}
# As many rules hold at least: a page that is not there passes none.
LEAST_RULES = 15
KEYED = {"report": "reporter", "review": "reviewer"}
# A report that waits, with a finding, so that both views show one.
WAITING = {"area": "yantian", "period": "2023-Q3"}


def report(page: Page) -> None:
    """Submit a figure that the checks doubt."""
    go(page, "report", **WAITING)
    page.locator(f"#f-{WORKERS}").fill("9000000")
    page.locator(f"#explanation-{WORKERS}").fill("two headquarters moved in")
    page.locator("#partial").check()
    page.locator("#submit").click()
    expect(page.locator("#sent")).to_be_visible()


def look(page: Page, where: str) -> None:
    """Everything that axe finds and calls serious is told at once."""
    page.evaluate(AXE)
    found, passed = page.evaluate("axe.run().then((all) => [all.violations, all.passes.length])")
    assert passed > LEAST_RULES, (where, passed)
    serious = [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in SERIOUS
    ]
    assert serious == [], (where, serious)


with chromium() as browser:
    clerk, _ = open_tab(browser, "reporter")
    report(clerk)
    for scheme in ("light", "dark"):
        for view in VIEWS:
            tab, _ = open_tab(browser, KEYED.get(view), scheme=scheme)
            for language in ("zh", "en"):
                more = {"area": "yantian", "period": "2023-Q4"} if view == "report" else {}
                go(tab, view, language, **more)
                if view == "report":
                    tab.locator(f"#f-{WORKERS}").fill("many")
                    expect(tab.locator(f"#field-{WORKERS} .find").first).to_be_visible()
                look(tab, f"{view}, {language}, {scheme}")
            tab.context.close()
print(f"axe-core finds nothing serious in {len(VIEWS)} views of {CITY}")
