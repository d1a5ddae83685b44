"""Our web server in a process of its own, started as people start it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.furnished import SECRET, Person
from ftcore.data.examples import Message
from ftcore.settings import ROOT

_START_SECONDS = 180
_TORCH = "libtorch"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer as it reached us.

    Attributes:
        answer: Its words.
        first_seconds: From asking to the first of them.
        seconds: From asking to the last of them.
        tokens: How many the engine wrote.
    """

    answer: str
    first_seconds: float
    seconds: float
    tokens: int

    @property
    def speed(self) -> float:
        """Tokens per second from asking to the last word."""
        return self.tokens / self.seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        port: Where it listens.
        began: When its command was started (``time.monotonic``).
        group: The command's process, which leads its group.
    """

    port: int
    began: float
    group: int

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> float:
        """Wait until the first page is served; returns seconds since the start."""
        deadline = self.began + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.address}/", timeout=30) as page:
                    page.read()
                    return time.monotonic() - self.began
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.01)
        raise TimeoutError(self.address)

    def ask(
        self, person: Person, messages: list[Message], most: int, arm: str = ""
    ) -> Spoken:
        """Read a streamed answer of the endpoint, without a client's own cost."""
        body = {
            "model": person.model + arm,
            "messages": [m.to_json() for m in messages],
            "max_tokens": most,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        head = {"Authorization": f"Bearer {person.key}"}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        with closing(line):
            began = time.perf_counter()
            line.request("POST", "/v1/chat/completions", json.dumps(body), head)
            answer = line.getresponse()
            if answer.status != 200:
                raise RuntimeError(answer.read().decode())
            return _heard(answer, began)

    def processes(self) -> list[psutil.Process]:
        """Return the processes of the server, without make's own."""
        leader = psutil.Process(self.group)
        family = [leader, *leader.children(recursive=True)]
        return [each for each in family if each.name() != "make"]

    def megabytes(self) -> float:
        """Return the memory of all its processes."""
        return sum(each.memory_info().rss for each in self.processes()) / 1e6

    def has_torch(self) -> bool:
        """Whether any of them has mapped torch's library."""
        maps = [Path(f"/proc/{each.pid}/maps") for each in self.processes()]
        return any(_TORCH in path.read_text("utf-8") for path in maps)


def _heard(answer: http.client.HTTPResponse, began: float) -> Spoken:
    pieces: list[str] = []
    first = last = 0.0
    tokens = 0
    for raw in answer:
        if not raw.startswith(b"data: {"):
            continue
        event = json.loads(raw[6:])
        if "error" in event:
            raise RuntimeError(event["error"]["message"])
        tokens = (event.get("usage") or {}).get("completion_tokens", tokens)
        words = [c["delta"].get("content") for c in event["choices"]]
        if any(words):
            last = time.perf_counter() - began
            first = first or last
            pieces += [word for word in words if word]
    if not tokens:
        raise RuntimeError("The answer was not written by a model.")
    return Spoken("".join(pieces), first, last, tokens)


@contextmanager
def running(data_dir: Path, port: int | None = None) -> Iterator[Server]:
    """Start ``make run`` and stop it at the end, with all that it started."""
    port = port or free_port()
    env = os.environ | {
        "FTCORE_DATA": str(data_dir),
        "FTCORE_SECRET": SECRET,
        "HF_HUB_OFFLINE": "1",
        "PORT": str(port),
    }
    with (data_dir / "server.log").open("w") as log:
        began = time.monotonic()
        command = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield Server(port, began, command.pid)
        finally:
            os.killpg(command.pid, signal.SIGTERM)
            try:
                command.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(command.pid, signal.SIGKILL)
                command.wait()


def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
