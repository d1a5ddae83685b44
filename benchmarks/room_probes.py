"""Ask a busy room what it feels like: chat's first token, a page, the memory."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from ftcore.chat.base import Arm
from ftcore.chat.baselines import BaseChat
from ftcore.data.examples import Message, Role, Task
from ftcore.models.catalog import load_catalog
from ftcore.ui.identity import COOKIE
from ftcore.workshop import Workshop

EVERY_SECONDS = 3.0
PAGE_SECONDS = 60.0
QUESTION = "¿Qué hago si perdí el tique?"


@dataclass
class Samples:
    """What the probes saw, in seconds and bytes.

    Attributes:
        tuned: Time to the first token of a participant's own model.
        cold: The same, the very first time that this model was asked.
        base: The same of the base model.
        page: Time from asking for the page of step 4 to its last element.
        server: Peak memory of the web server and of what it keeps open.
        workers: Peak memory of all training processes together.
        failures: What went wrong, in words.
    """

    tuned: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    base: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    server: int = 0
    workers: int = 0
    failures: list[str] = field(default_factory=list)


class Every:
    """Calls ``look`` every few seconds in a thread until it is stopped."""

    def __init__(self, look: Callable[[], None], failures: list[str]) -> None:
        self._look, self._failures = look, failures
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the look under way."""
        self._stop.set()
        self._thread.join(PAGE_SECONDS)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - a probe reports, whatever it is
                self._failures.append(f"{type(error).__name__}: {error}")


def ask_model(workshop: Workshop, participant: str) -> tuple[float, str]:
    """Ask a participant's own model; return seconds to the first piece, and all."""
    claim = workshop.playground.claim(workshop.playground.token(participant))
    messages = [Message(Role.USER, QUESTION)]
    began = time.monotonic()
    pieces = workshop.playground.chat(claim, Arm.TUNED, messages)
    first = next(pieces)
    seconds = time.monotonic() - began
    return seconds, first + "".join(pieces)


def ask_base(workshop: Workshop) -> float:
    """Ask the base model; return seconds to the first piece."""
    name = load_catalog().default_for(Task.CHAT).name
    chat = BaseChat(workshop.context.engines.engine_for(name), "Responde en español.")
    began = time.monotonic()
    pieces = chat.reply([Message(Role.USER, QUESTION)])
    next(pieces)
    seconds = time.monotonic() - began
    for _ in pieces:
        pass
    return seconds


def open_page(port: int, cookie: str, page: str) -> float:
    """Open a page as a browser does; return seconds until its script has ended."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    began = time.monotonic()
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    with connect(address, additional_headers=headers, max_size=None) as socket:
        asked = BackMsg()
        asked.rerun_script.page_name = page
        socket.send(asked.SerializeToString())
        while True:
            answer = ForwardMsg()
            words = socket.recv(timeout=PAGE_SECONDS)
            answer.ParseFromString(
                words if isinstance(words, bytes) else words.encode()
            )
            if answer.WhichOneof("type") == "script_finished":
                return time.monotonic() - began


def memory_of(server: psutil.Process) -> tuple[int, int]:
    """Return the bytes of the server and of its training processes."""
    trains = {p for p in psutil.process_iter(["cmdline"]) if _is_worker(p)}
    others = {server, *server.children(recursive=True)} - trains
    return sum(map(_bytes, others)), sum(map(_bytes, trains))


def _is_worker(process: psutil.Process) -> bool:
    return "ftcore.jobs.worker" in (process.info["cmdline"] or [])


def _bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
