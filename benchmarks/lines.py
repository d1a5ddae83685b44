"""Every line of the table: what is measured, against what, and the goal."""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import psutil

from benchmarks.checking import check_files, check_million
from benchmarks.line import Line
from benchmarks.training import gemm_share, training_growth, training_speed
from ftcore.settings import ROOT

ROUNDS = 3  # interleaved: what else the machine does falls on both sides alike


def first_answer() -> Line:
    """Seconds from starting the server to the first page being served."""
    seconds = statistics.median(_serve()[0] for _ in range(ROUNDS))
    return Line("first_answer", seconds, "s", "", None, "less than 5 s", seconds < 5)


def server_memory() -> Line:
    """Memory of the web server with Gradio warm and nobody chatting."""
    megabytes = _serve(warm_seconds=25)[1]
    goal = "less than 1,500 MB, no torch"
    return Line("server_memory", megabytes, "MB", "", None, goal, megabytes < 1500)


LINES: dict[str, Callable[[], Line | list[Line]]] = {
    "training_speed": training_speed,
    "gemm_share": gemm_share,
    "check_files": check_files,
    "first_answer": first_answer,
    "server_memory": server_memory,
    "check_million": check_million,
    "training_growth": training_growth,
}
ON_REQUEST = frozenset({"check_million", "training_growth"})  # too long for every run


def _serve(warm_seconds: float = 0.0) -> tuple[float, float]:
    """Start a server; return seconds to its first page, and its megabytes later."""
    port = "8765"
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **psutil.Process().environ(),
            "FTCORE_DATA": folder,
            "PORT": port,
        }
        command = [sys.executable, "-m", "ftcore.ui.launch"]
        began = time.monotonic()
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/")
            seconds = time.monotonic() - began
            time.sleep(warm_seconds)
            process = psutil.Process(server.pid)
            return seconds, process.memory_info().rss / 1e6
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(address)
