"""A room: many participants train at once while others chat and turn pages.

``python -m benchmarks.room 4`` runs four participants and prints everything.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks import room_probes
from benchmarks.furnished import SECRET
from benchmarks.line import Line
from benchmarks.room_examples import room_file
from benchmarks.room_probes import Asker, Every, Samples
from benchmarks.room_report import MEGABYTE, RoomRun, growth_row, p95, report
from benchmarks.server import Server, running
from ftcore.chat.base import Arm
from ftcore.models.vector_store import VectorStore
from ftcore.settings import Settings
from ftcore.tokens import Signer
from ftcore.training.base import JobState, Preset
from ftcore.training.jobfolder import JobFolder
from ftcore.training.pool import WorkerPool
from ftcore.workshop import Workshop

ROOM = 30
EXAMPLES = 30
GROWTH = (1, 10, 30, 60)
GOAL_SECONDS = 600.0  # the ten minutes of step 4
GOAL_FIRST_TOKEN = 1.0
PATIENCE_SECONDS = 3600.0
LOOK_SECONDS = 2.0
TOOL_SECONDS = 300.0  # that the course gives to step 3
QUIET_SECONDS = 10.0  # without a new vector: all are there
ASK_SECONDS = 15.0  # between two questions to models that were asked before


def room_of(participants: int) -> list[Line]:
    """So many participants with thirty examples each, all queued at once."""
    run = run_room(participants)
    report(run)
    print(growth_row(run), flush=True)
    return lines_of(run)


def room_growth() -> list[Line]:
    """The same with 1, 10, 30 and 60 participants."""
    return [line for count in GROWTH for line in room_of(count)]


def lines_of(run: RoomRun) -> list[Line]:
    """Return what ``make bench`` keeps of a run."""
    name, samples = f"room_{run.participants}", run.samples
    chat = p95([*samples.tuned, *samples.cold, *samples.base])
    goal = GOAL_SECONDS * max(1.0, run.participants / ROOM)
    return [
        Line(name, run.seconds, "s", "", None, f"at most {goal:g} s",
             run.seconds <= goal),
        Line(f"{name}_first_token", chat, "s (p95)", "", None,
             f"at most {GOAL_FIRST_TOKEN:g} s meanwhile", chat <= GOAL_FIRST_TOKEN),
        Line(f"{name}_page", p95(samples.page), "s (p95)", "", None,
             "less than 2 s meanwhile", p95(samples.page) < 2),
        Line(f"{name}_memory", (samples.server + samples.workers) / MEGABYTE, "MB", "",
             None, "less than 16,000 MB", samples.server + samples.workers < 16e9),
    ]  # fmt: skip


def run_room(
    participants: int, examples: int = EXAMPLES, preset: Preset | None = None
) -> RoomRun:
    """Queue so many trainings at once on a fresh server and wait for the last answer.

    Args:
        participants: How many.
        examples: Examples of each, at most thirty.
        preset: What each chooses; what the page advises unless given.

    Raises:
        RuntimeError: A job ended without a model.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder),
            database_url=f"sqlite:///{Path(folder) / 'taller.db'}",
            secret_key=SECRET,
        )
        with running(Path(folder)) as server:
            server.wait()
            workshop = Workshop(settings)  # never started: the server moves the queue
            try:
                return _room(workshop, server, participants, examples, preset)
            finally:
                workshop.stop()
                for worker in WorkerPool(settings).workers():  # they outlive a server
                    psutil.Process(worker.pid).kill()


def _room(
    workshop: Workshop,
    server: Server,
    participants: int,
    examples: int,
    preset: Preset | None,
) -> RoomRun:
    people = [_person(workshop, at, examples) for at in range(participants)]
    _choose_tool(workshop, server, people)
    samples = Samples()
    asker = Asker(workshop, server, examples)
    looks = _probes(asker, people, samples)
    began = time.monotonic()
    for person in people:
        offer = workshop.training.offer(person)
        config, _ = offer.plans[preset or offer.recommended.preset]
        workshop.training.start(person, config)
    ready = _wait(workshop, people, asker, samples, began)
    for look in looks:
        look.stop()
    return _measured(workshop, people, ready, samples)


def _choose_tool(workshop: Workshop, server: Server, people: Sequence[str]) -> None:
    """Have everybody open step 3, which has five minutes, and wait as they would."""
    began = time.monotonic()
    for person in people:
        cookie = Signer(SECRET).sign_participant(person)
        room_probes.open_page(server.port, cookie, "tool")
    store, seen, since = VectorStore(workshop.settings.vectors_file), -1, began
    while time.monotonic() - began < TOOL_SECONDS:
        if (now := len(store)) != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > QUIET_SECONDS:
            break
        time.sleep(LOOK_SECONDS)
    print(f"step 3: {seen} vectors after {since - began:.0f} s", flush=True)


def _person(workshop: Workshop, at: int, examples: int) -> str:
    name = f"person-{at}"
    workshop.projects.save(
        name,
        use_case="own",
        template=None,
        name=f"Proyecto {at}",
        objective="Responder.",
        nickname=f"Persona {at}",
    )
    workshop.datasets.import_file(name, "ejemplos.jsonl", room_file(at, examples))
    workshop.projects.choose_tool(name, "local")
    return name


def _probes(asker: Asker, people: Sequence[str], samples: Samples) -> list[Every]:
    cookie = Signer(SECRET).sign_participant(people[-1])
    server = asker.server

    def look_at_page() -> None:
        samples.page.append(room_probes.open_page(server.port, cookie, "train"))

    def chat() -> None:
        if asker.ready:
            samples.base.append(asker.ask(asker.ready[0], Arm.BASE))

    def weigh() -> None:
        server_now, workers_now = room_probes.memory_of(server)
        samples.server = max(samples.server, server_now)
        samples.workers = max(samples.workers, workers_now)

    return [Every(look, samples.failures) for look in (look_at_page, chat, weigh)]


def _wait(
    workshop: Workshop,
    people: Sequence[str],
    asker: Asker,
    samples: Samples,
    began: float,
) -> dict[str, float]:
    """Ask each model once as soon as it is ready, and again those that are."""
    ready: dict[str, float] = {}
    asked = began
    while len(ready) < len(people):
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise RuntimeError(f"only {len(ready)} of {len(people)} were ready")
        for person in people:
            view = workshop.training.view(person)
            if person in ready or view is None or not view.status.state.is_final:
                continue
            if view.status.state is not JobState.SUCCEEDED:
                raise RuntimeError(f"{person}: {view.status}")
            samples.cold.append(asker.ask(person))
            ready[person] = time.monotonic() - began
            print(f"{person} ready at {ready[person]:.1f} s", flush=True)
        if ready and time.monotonic() - asked > ASK_SECONDS:
            asked = time.monotonic()
            oldest = list(ready)[len(samples.tuned) % len(ready)]
            samples.tuned.append(asker.ask(oldest))
        time.sleep(LOOK_SECONDS)
    return ready


def _measured(
    workshop: Workshop, people: Sequence[str], ready: dict[str, float], samples: Samples
) -> RoomRun:
    phases, passed, asked = [], 0.0, 0
    for person in people:
        _project, _job, folder = workshop.context.require_model(person)
        phases.append(JobFolder(folder.parent).read_timings())
        found = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
        accuracy = found["arms"][0]["accuracy"]
        passed += accuracy["value"] * accuracy["n"]
        asked += accuracy["n"]
    last, first = max(ready.values()), min(ready.values())
    return RoomRun(len(people), last, first, phases, samples, passed / max(1, asked))


def main(arguments: list[str]) -> None:
    """Run one room and print all about it; a signal still tidies up."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("participants", type=int, nargs="?", default=ROOM)
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--preset", type=Preset)
    asked = parser.parse_args(arguments)
    report(run_room(asked.participants, asked.examples, asked.preset))


if __name__ == "__main__":
    main(sys.argv[1:])
