"""Time to the first token through the server, and its memory with a room's adapters."""

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.furnished import furnish
from benchmarks.line import Line
from benchmarks.server import running
from ftcore.data.examples import Message, Role

PEOPLE = 8
READING_SECONDS = 12.0  # an answer is read and the next question typed meanwhile
ROOM = 30
COLD_MS, WARM_MS, MOST_MB = 500, 150, 1500
_WARM_GRADIO_SECONDS = 20
QUESTIONS = ("¿Hacéis envíos a Canarias?", "¿Cuánto tarda en llegar un pedido?")


def first_token() -> list[Line]:
    """A model that nobody asked yet, and the same one asked something else later."""
    cold, warm = [], []
    with tempfile.TemporaryDirectory() as folder:
        first, *others = furnish(Path(folder), 1 + PEOPLE)
        with running(Path(folder)) as server:
            server.wait()
            time.sleep(_WARM_GRADIO_SECONDS)  # its import would take a core
            server.ask(first, _asks(QUESTIONS[0]), 8)  # loads the base model
            for person in others:
                cold.append(server.ask(person, _asks(QUESTIONS[0]), 8).first_seconds)
                time.sleep(READING_SECONDS)
                warm.append(server.ask(person, _asks(QUESTIONS[1]), 8).first_seconds)
    print([round(1000 * each) for each in (*cold, *warm)], flush=True)
    return [
        _line("first_token_cold", cold, COLD_MS),
        _line("first_token_warm", warm, WARM_MS),
    ]


def _line(name: str, seconds: list[float], most: int) -> Line:
    value = 1000 * statistics.median(seconds)
    return Line(name, value, "ms", "", None, f"at most {most} ms", value <= most)


def server_memory_30() -> Line:
    """The server after thirty people chatted with their models, Gradio warm."""
    with tempfile.TemporaryDirectory() as folder:
        people = furnish(Path(folder), ROOM)
        with running(Path(folder)) as server:
            server.wait()
            time.sleep(_WARM_GRADIO_SECONDS)
            for question in QUESTIONS:
                for person in people:
                    server.ask(person, _asks(question), 16)
            value, has_torch = server.megabytes(), server.has_torch()
    goal = f"at most {MOST_MB:,} MB, no torch"
    met = value <= MOST_MB and not has_torch
    return Line("server_memory_30", value, "MB", "", None, goal, met)


def _asks(question: str) -> list[Message]:
    return [Message(Role.USER, question)]
