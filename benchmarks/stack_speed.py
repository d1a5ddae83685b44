"""Tokens per second through the whole stack, beside llama.cpp without any of it."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import xllamacpp

from benchmarks.browser import ask, chromium, open_chat
from benchmarks.furnished import SECRET, Person, furnish
from benchmarks.line import Line
from benchmarks.server import Spoken, running
from ftcore.chat.base import DEFAULT_SAMPLING
from ftcore.data.examples import Message, Role
from ftcore.models.catalog import load_catalog
from ftcore.models.serving_copy import serving_file
from ftcore.models.trained import ADAPTER_GGUF
from ftcore.settings import load_settings
from ftcore.tokens import Signer
from ftcore.ui.identity import LINK_PARAM
from ftcore.ui.playground import MOUNT

ROUNDS = 5  # interleaved: what else the machine does falls on all alike
MOST = DEFAULT_SAMPLING.max_tokens  # of the playground's own default
QUESTION = "Explica con todo detalle, paso a paso, cómo hago un pedido y lo devuelvo."
GOAL = 0.95


class Bare:
    """llama.cpp alone, with the threads that the playground's lanes have."""

    def __init__(self, person: Person) -> None:
        model = load_catalog().find(load_catalog().default_generation)
        params = xllamacpp.CommonParams()
        models = load_settings().models_dir  # the same weights as the others'
        own = serving_file(model.require(models), models / model.name)
        params.model.path = str(own)
        adapter = xllamacpp.CommonAdapterLoraInfo(str(person.folder / ADAPTER_GGUF), 1)
        params.lora_adapters = [adapter]
        params.n_ctx = model.context
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
        params.verbosity = -1
        self._server = xllamacpp.Server(params)

    def ask(self, messages: list[Message], most: int) -> Spoken:
        """Answer as greedily as the others do, with at most so many tokens."""
        pieces: list[str] = []
        usage: dict[str, int] = {}
        began = time.perf_counter()
        first: list[float] = []

        def on_event(event: dict[str, Any]) -> bool:
            for choice in event.get("choices", ()):
                if piece := choice["delta"].get("content"):
                    first.append(time.perf_counter() - began)
                    pieces.append(piece)
            usage.update(event.get("usage") or {})
            return False

        body = {
            "messages": [m.to_json() for m in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_prompt": False,
            "temperature": 0,
            "top_p": DEFAULT_SAMPLING.top_p,
            "repeat_penalty": 1.0,  # as ours where an example is shown
            "max_tokens": most,
        }
        self._server.handle_chat_completions(body, on_event)
        return Spoken("".join(pieces), first[0], first[-1], usage["completion_tokens"])


def stack_speed() -> list[Line]:
    """The playground in Chromium, and the endpoint, each beside bare llama.cpp."""
    with tempfile.TemporaryDirectory() as folder:
        (person,) = furnish(Path(folder), 1)
        bare = Bare(person)
        messages = [Message(Role.USER, QUESTION)]
        prompt = person.prompt(messages)
        signer, me = Signer(SECRET), person.participant_id
        query = urlencode({"token": signer.mint_playground(me, person.job_id)})
        link = urlencode({LINK_PARAM: signer.sign_link(me)})
        with running(Path(folder)) as server, chromium() as browser:
            server.wait()
            expected = server.ask(person, messages, MOST)
            home, chat = f"{server.address}/?{link}", f"{MOUNT}/?{query}"
            page = open_chat(browser, home, server.address + chat)

            def in_browser() -> float:
                page.locator("#clear").click()
                _first, last = ask(page, QUESTION, expected.answer[-30:])
                return expected.tokens / last

            found = _interleaved(
                {
                    "bare": lambda: bare.ask(prompt, expected.tokens).speed,
                    "api": lambda: server.ask(person, messages, MOST).speed,
                    "browser": in_browser,
                }
            )
    return [
        _line("stack_speed", found["browser"], found["bare"]),
        _line("stack_speed_api", found["api"], found["bare"]),
    ]


def _interleaved(ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(1 + ROUNDS):  # the first one warms all of them up
        for name, way in ways.items():
            speed = way()
            if turn:
                found[name].append(speed)
    return {name: statistics.median(speeds) for name, speeds in found.items()}


def _line(name: str, value: float, peer: float) -> Line:
    goal = f"at least {GOAL}x of bare llama.cpp"
    met = value >= GOAL * peer
    return Line(name, value, "tokens/s", "bare llama.cpp", peer, goal, met)
