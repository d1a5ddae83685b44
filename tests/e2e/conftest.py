"""A real browser, and a real server to point it at."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from ftcore.settings import ROOT

SECRET = "a secret for browser tests"
_START_SECONDS = 60
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Serve = Callable[[Path, Path], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium: the one in CHROMIUM_PATH, the system's, or Playwright's own.

    By module: Playwright keeps a loop running, which other modules may not have.
    """
    path = (
        os.environ.get("CHROMIUM_PATH")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
    )
    expect.set_options(timeout=30_000)  # a shared machine stalls now and then
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serve a Streamlit app file with its own data folder; gives its address."""

    @contextmanager
    def run(script: Path, data_dir: Path) -> Iterator[str]:
        port = _free_port()
        log = (data_dir / "server.log").open("w", encoding="utf-8")
        env = os.environ | {
            "FTCORE_DATA": str(data_dir),
            "FTCORE_SECRET": SECRET,
            "FTCORE_FACILITATOR_PASSWORD": "abracadabra",
            "HF_HUB_OFFLINE": "1",
            "PYTHONPATH": os.pathsep.join(
                [str(ROOT), os.environ.get("PYTHONPATH", "")]
            ),
        }
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
        server = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=env, stdout=log, stderr=log
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/_stcore/health", server, data_dir / "server.log")
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            log.close()

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")
