"""From ``make run`` to the first page, served and seen."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.browser import chromium
from benchmarks.line import Line
from benchmarks.server import running

ROUNDS = 3
MOST_SECONDS = 3.0


def first_page() -> list[Line]:
    """The second start in a folder: until it is served, until its title is seen."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        _start(Path(folder), browser)  # makes the database and fills the caches
        found = [_start(Path(folder), browser) for _ in range(ROUNDS)]
    served, seen = (statistics.median(times) for times in zip(*found, strict=True))
    return [_line("first_page_served", served), _line("first_page", seen)]


def _start(folder: Path, browser: Browser) -> tuple[float, float]:
    with running(folder) as server:
        page = browser.new_page()
        page.set_default_timeout(180_000)
        served = server.wait()
        page.goto(server.address, wait_until="commit")
        page.locator("h1").first.wait_for()
        seen = time.monotonic() - server.began
        page.close()
    return served, seen


def _line(name: str, seconds: float) -> Line:
    goal = f"at most {MOST_SECONDS:.0f} s"
    return Line(name, seconds, "s", "", None, goal, seconds <= MOST_SECONDS)
