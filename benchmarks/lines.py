"""Every line of the table: what is measured, against what, and the goal."""

import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from ftcore.settings import ROOT

ROUNDS = 3  # interleaved: what else the machine does falls on both sides alike


@dataclass(frozen=True, slots=True)
class Line:
    """One measured line.

    Attributes:
        name: What ``make bench NAME=…`` takes.
        value: Our figure.
        unit: Its unit.
        peer: What it is compared with; empty if with a goal alone.
        peer_value: The peer's figure in the same run.
        goal: What must hold, in words.
        met: Whether it held.
    """

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float | None
    goal: str
    met: bool

    @property
    def ratio(self) -> float | None:
        """Our figure over the peer's."""
        return self.value / self.peer_value if self.peer_value else None


def training_speed() -> Line:
    """Training tokens per second: our loop and peft's usual one, interleaved."""
    ours, peers = [], []
    for _ in range(ROUNDS):
        ours.append(_number(_python("benchmarks.training_speed", "ours")))
        peers.append(_number(_python("benchmarks.training_speed", "peft")))
    value, peer = statistics.median(ours), statistics.median(peers)
    return Line(
        "training_speed",
        value,
        "tokens/s",
        "peft in a plain loop",
        peer,
        "at least as fast",
        value >= peer,
    )


def check_speed() -> Line:
    """Rows per second of `check` on 20,000 rows, and of pandas reading them."""
    import pandas as pd  # noqa: PLC0415  (only this line needs it)

    from ftcore.data.check import check_file  # noqa: PLC0415

    rows = 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        lines = (f"¿Cuánto cuesta el {i}?,Cuesta {i} euros\n" for i in range(rows))
        path.write_text("pregunta,respuesta\n" + "".join(lines), encoding="utf-8")
        ours = _best(lambda: check_file(path.name, path.read_bytes()))
        peer = _best(lambda: pd.read_csv(path))
    goal = "20,000 rows in less than 5 s"
    return Line(
        "check_speed",
        rows / ours,
        "rows/s",
        "pandas.read_csv, no checks",
        rows / peer,
        goal,
        ours < 5,
    )


def first_answer() -> Line:
    """Seconds from starting the server to the first page being served."""
    seconds = statistics.median(_serve()[0] for _ in range(ROUNDS))
    return Line("first_answer", seconds, "s", "", None, "less than 5 s", seconds < 5)


def server_memory() -> Line:
    """Memory of the web server with Gradio warm and nobody chatting."""
    megabytes = _serve(warm_seconds=25)[1]
    goal = "less than 1,500 MB, no torch"
    return Line("server_memory", megabytes, "MB", "", None, goal, megabytes < 1500)


LINES: dict[str, Callable[[], Line]] = {
    "training_speed": training_speed,
    "check_speed": check_speed,
    "first_answer": first_answer,
    "server_memory": server_memory,
}


def _best(action: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def _python(*words: str) -> str:
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _number(words: str) -> float:
    found = re.findall(r"[0-9.]+", words)
    return float(found[-1])


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
