"""How fast the page is there, what a poll costs, and what four hours of polls leave behind."""

from playwright.sync_api import Browser, CDPSession, Page, Response, expect
from tabs import URL, chromium, go, open_tab

# The bars: what the page promises on the machine that it is served from.
COMPLETE_SECONDS = 1.5
TRANSFERRED_KILOBYTES = 600
LEFT_MEGABYTES = 5
COLD_STARTS = 3
POLL_MILLISECONDS = 30_000
POLLS_IN_FOUR_HOURS = 4 * 60 * 2
WARM_POLLS = 20
ADDRESS = f"{URL}/?plan=shenzhen-software-2025&lang=en"
# The cards are drawn at once: the moment is noted by the page itself.
NOTE_COMPLETE = """new MutationObserver((_, self) => {
  if (!document.querySelector("#content article")) return;
  self.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.completeAt = performance.now())));
}).observe(document, { subtree: true, childList: true });"""


def measure_start(browser: Browser) -> tuple[float, float]:
    """Seconds from navigation until every card is there, and kilobytes transferred: cold."""
    page, _ = open_tab(browser)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.add_init_script(NOTE_COMPLETE)
    page.goto(ADDRESS)
    expect(page.locator("#content article").last).to_be_visible()
    # What comes later is transferred too.
    page.wait_for_timeout(1000)
    seconds = page.evaluate("window.completeAt") / 1000
    page.context.close()
    return seconds, sum(sizes) / 1000


def heap(session: CDPSession) -> float:
    """Megabytes of the heap after collection."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def poll(page: Page) -> Response:
    """Let half a minute pass at once, and give what the page asked."""
    with page.expect_response(lambda each: each.request.resource_type == "fetch") as asked:
        page.clock.run_for(POLL_MILLISECONDS)
    return asked.value


def measure_polls(browser: Browser) -> float:
    """One question and one 304 at each poll, nothing drawn again; megabytes more at the end."""
    page, _ = open_tab(browser)
    page.clock.install()
    go(page, "plan")
    for _ in range(WARM_POLLS):
        poll(page)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    before = heap(session)
    page.evaluate(
        """() => {
          window.drawn = 0;
          new MutationObserver((changes) => (window.drawn += changes.length)).observe(
            document, { subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    answers: list[tuple[int, str]] = []
    page.on("response", lambda each: answers.append((each.status, each.url)))
    for _ in range(POLLS_IN_FOUR_HOURS):
        poll(page)
    assert {status for status, _ in answers} == {304}, answers[:5]
    assert len(answers) == POLLS_IN_FOUR_HOURS, len(answers)
    assert page.evaluate("window.drawn") == 0
    more = heap(session) - before
    page.context.close()
    return more


with chromium() as browser:
    seconds, kilobytes = min(measure_start(browser) for _ in range(COLD_STARTS))
    left = measure_polls(browser)
print(f"complete after {seconds:.2f} s, {kilobytes:.0f} kB; {left:.2f} MB more after four hours")
assert seconds < COMPLETE_SECONDS, seconds
assert kilobytes < TRANSFERRED_KILOBYTES, kilobytes
assert left < LEFT_MEGABYTES, left
