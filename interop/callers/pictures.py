"""Pictures of the page for the README, from the demonstration: ``make pictures``.

Takes the program that serves and the folder that they go to.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

CITY = "shenzhen-software-2025"
# A quarter of the demonstration in which each rating is there.
PERIOD = "2025-Q2"
PATIENCE_SECONDS = 240
# Enough for the rare ones: a red square is a few pixels in a million.
COLOURS = 256
MOST_BYTES = 150_000
ENDINGS = {"en": ".png", "zh": ".zh.png"}
TEXTS = {"zh": "两家企业总部四季度迁入（示例）", "en": "Two headquarters moved in (example)"}
WORKERS = "new_software_workers"


@dataclass(frozen=True)
class Picture:
    """One picture: what it shows, how large, and where it begins."""

    name: str
    address: str
    width: int = 1280
    height: int = 940


PICTURES = (
    Picture("plan", f"period={PERIOD}", height=1180),
    Picture("target", f"view=target&indicator=industrial_space&period={PERIOD}", height=1330),
    Picture("report", "view=report", height=1100),
    Picture("phone", f"period={PERIOD}", width=390, height=1020),
)


@contextmanager
def demonstration(program: str) -> Iterator[tuple[str, str]]:
    """The demonstration, served: its address, and the key of a clerk of one district."""
    with tempfile.TemporaryDirectory(prefix="dabiao-pictures-") as folder:
        file, log = Path(folder) / "demo.db", Path(folder) / "log"
        command = (program, "demo", "--database", str(file), "--serve", "--port", "0")
        with log.open("wb") as out:
            server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            address = wait_for(log)
            settings = {**os.environ, "DABIAO_DATABASE_URL": f"sqlite:///{file}"}
            key = (program, "key", "create", "--role", "reporter", "--area", "nanshan", "--quiet")
            made = subprocess.run(key, env=settings, capture_output=True, text=True, check=True)
            yield address, made.stdout.strip()
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(log: Path) -> str:
    """The address, once the server listens."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := re.search(r"http://[0-9.:]+\d", log.read_text("utf-8")):
            return found[0]
        time.sleep(0.2)
    sys.exit(f"The demonstration did not start:\n{log.read_text('utf-8')}")


def take(browser: Browser, address: str, key: str, picture: Picture, language: str) -> Image.Image:
    """One picture, in few colours."""
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_context(viewport=size, color_scheme="light").new_page()
    if picture.name == "report":
        page.goto(f"{address}/page/icon.svg")
        page.evaluate("(key) => sessionStorage.setItem('dabiao-key', key)", key)
    page.goto(f"{address}/?plan={CITY}&lang={language}&{picture.address}")
    expect(page.locator("#content h1")).to_be_visible()
    expect(page.locator(".demo")).to_be_visible()
    if picture.name == "report":
        fill(page, language)
    page.wait_for_timeout(500)
    path = Path(tempfile.mkstemp(suffix=".png")[1])
    page.screenshot(path=path)
    page.context.close()
    with Image.open(path) as shot:
        plain = shot.convert("RGB")
        few = plain.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path.unlink()
    return few


def fill(page: Page, language: str) -> None:
    """A clerk corrects a figure that the checks doubt, and explains it."""
    page.locator(f"#f-{WORKERS}").fill("81,905")
    for name in ("correction_reason", "explanation"):
        page.locator(f"#{name}-{WORKERS}").fill(TEXTS[language])
    expect(page.locator(f"#field-{WORKERS} .is-bad")).to_have_count(0)
    page.locator("h1").click()


program, folder = sys.argv[1], Path(sys.argv[2])
with demonstration(program) as (address, key), sync_playwright() as playwright:
    # Chromium refuses to isolate itself where everything runs as root.
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--hide-scrollbars"]
    )
    for picture in PICTURES:
        for language, ending in ENDINGS.items():
            path = folder / f"{picture.name}{ending}"
            take(browser, address, key, picture, language).save(path, optimize=True)
            size = path.stat().st_size
            print(f"{path}: {size} bytes")
            if size > MOST_BYTES:
                sys.exit(f"{path} has more than {MOST_BYTES} bytes")
    browser.close()
