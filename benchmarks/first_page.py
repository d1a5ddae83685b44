"""From ``make run`` to the first page, served and seen."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from benchmarks.browser import chromium
from benchmarks.line import Line
from benchmarks.server import free_port, running

ROUNDS = 3
MOST_SECONDS = 3.0


def first_page() -> list[Line]:
    """The second start in a folder: until it is served, its title seen, all of it seen.

    Seen in a browser that was there the first time, as it is on one's own machine, and
    in one that was never there and has to load Streamlit's scripts.
    """
    port = free_port()  # the same each time, or the browser knows nothing of it
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        with browser.new_context() as known:
            _start(Path(folder), port, known)  # makes the database, fills the caches
            found = [_start(Path(folder), port, known) for _ in range(ROUNDS)]
        new = [_start_new(Path(folder), port, browser) for _ in range(ROUNDS)]
    served, seen, whole = (statistics.median(t) for t in zip(*found, strict=True))
    return [
        _line("first_page_served", served),
        _line("first_page", seen),
        _line("first_page_whole", whole),
        _line("first_page_new_browser", statistics.median(new)),
    ]


def _start(folder: Path, port: int, context: BrowserContext) -> tuple[float, ...]:
    with running(folder, port) as server:
        page = context.new_page()
        page.set_default_timeout(180_000)
        served = server.wait()
        page.goto(server.address, wait_until="commit")
        page.locator("h1").first.wait_for()
        seen = time.monotonic() - server.began
        page.locator(".st-key-footer").wait_for()
        whole = time.monotonic() - server.began
        page.close()
    return served, seen, whole


def _start_new(folder: Path, port: int, browser: Browser) -> float:
    with browser.new_context() as context:
        return _start(folder, port, context)[1]


def _line(name: str, seconds: float) -> Line:
    goal = f"at most {MOST_SECONDS:.0f} s"
    return Line(name, seconds, "s", "", None, goal, seconds <= MOST_SECONDS)
