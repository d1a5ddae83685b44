"""Ask a busy room what it feels like: chat's first token, a page, the memory."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from benchmarks.furnished import Person
from benchmarks.room_examples import room_file
from benchmarks.server import Server
from ftcore.chat.base import Arm
from ftcore.data.examples import Message, Role
from ftcore.ui.identity import COOKIE
from ftcore.workshop import Workshop
from ftcore.workshop.api import model_name

EVERY_SECONDS = 15.0
PAGE_SECONDS = 60.0
MOST = 48  # tokens of an answer: it stops before, as a rule


@dataclass
class Samples:
    """What the probes saw, in seconds and bytes.

    Attributes:
        tuned: Time to the first token of a participant's own model, endpoint and all.
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


class Asker:
    """Asks the models of a room through the server's endpoint, as programs do."""

    def __init__(self, workshop: Workshop, server: Server, examples: int) -> None:
        self.server = server
        self.ready: list[str] = []
        self._workshop, self._examples = workshop, examples
        self._people: dict[str, Person] = {}
        self._asked: Counter[str] = Counter()

    def ask(self, participant: str, arm: Arm = Arm.TUNED) -> float:
        """Ask the next of the participant's own questions.

        Returns:
            Seconds to the first piece of the answer.
        """
        if participant not in self._people:
            self._people[participant] = self._meet(participant)
            self.ready.append(participant)
        number = int(participant.rpartition("-")[2])
        lines = room_file(number, self._examples).decode().splitlines()
        turns = json.loads(lines[self._asked[participant] % len(lines)])["messages"]
        self._asked[participant] += 1
        messages = [Message(Role.USER, turns[0]["content"])]
        suffix = "" if arm is Arm.TUNED else f":{arm}"
        person = self._people[participant]
        return self.server.ask(person, messages, MOST, suffix).first_seconds

    def _meet(self, participant: str) -> Person:
        project, job, folder = self._workshop.context.require_model(participant)
        key = self._workshop.api.renew_key(participant).secret
        return Person(participant, job.id, key, model_name(project.name), folder)


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


def memory_of(server: Server) -> tuple[int, int]:
    """Return the bytes of the server and of its training processes."""
    trains = {p for p in psutil.process_iter(["cmdline"]) if _is_worker(p)}
    others = set(server.processes()) - trains
    return sum(map(_bytes, others)), sum(map(_bytes, trains))


def _is_worker(process: psutil.Process) -> bool:
    return "ftcore.jobs.worker" in (process.info["cmdline"] or [])


def _bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
