"""A lane that is a whole server of llama.cpp's, where its C interface is missing.

It takes adapters only when it starts, so it restarts for an adapter that is new.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ftcore.chat.adapters import MOST_ADAPTERS, Adapter
from ftcore.chat.base import CANCELLED, SamplingOptions
from ftcore.chat.lane import Question
from ftcore.chat.questions import encodable
from ftcore.data.examples import Message
from ftcore.errors import ChatFailedError
from ftcore.models.prompting import TEMPLATE_OPTIONS
from ftcore.runtime import return_memory

Event = dict[str, Any]
OnEvent = Callable[[Event], bool]
"""Takes one event of the engine; true stops the generation."""

_TOO_LONG = "exceed_context_size_error"
_BATCH = 128  # tokens of the prompt at a time; 512 needs 75 MB more and is no faster


class Recent:
    """The adapters that loaded well, least recently used first; for all lanes."""

    def __init__(self) -> None:
        self._adapters: list[Adapter] = []
        self._lock = threading.Lock()

    def add(self, adapter: Adapter) -> None:
        """Note that it was used just now."""
        with self._lock:
            kept = [a for a in self._adapters if a.path != adapter.path]
            self._adapters = [*kept, adapter][-MOST_ADAPTERS:]

    def beside(self, adapter: Adapter) -> list[Adapter]:
        """Return what to load with ``adapter``, which comes last."""
        with self._lock:
            others = [a for a in self._adapters if a != adapter and a.is_current]
        return [*others, adapter][-MOST_ADAPTERS:]


class ServerLane:
    """A server of its own with one slot and one thread.

    Separate contexts, not the slots of one server: a batch that mixes
    conversations changes the last bits of the logits, so that greedy answers
    would depend on who else is asking (6 of 24 differed); and on two cores two
    single-thread lanes wrote 123 tokens/s where one server with four slots wrote
    63. The weights are mapped, so all lanes share one copy.

    The caller sees to it that one thread at a time uses a lane.
    """

    def __init__(self, model_path: Path, context: int, recent: Recent) -> None:
        self._model_path = model_path
        self._context = context
        self._recent = recent
        self._server: Any = None  # the library has no types
        self._loaded: tuple[Adapter, ...] = ()  # as the server numbers them

    @property
    def is_started(self) -> bool:
        """Whether the server runs."""
        return self._server is not None

    def start(self) -> None:
        """Do nothing: a server more costs a process, and starts when it is asked."""

    def holds(self, adapter: Adapter | None) -> bool:
        """Whether it can answer with ``adapter`` at once."""
        return self.is_started and (adapter is None or adapter in self._loaded)

    def ask(
        self, messages: Sequence[Message], budget: int, question: Question
    ) -> int | None:
        """Answer a conversation, or return its tokens if they are too many."""
        self._prepare(question.adapter)
        listener = _Listener(budget, question)
        self._complete(_body(messages, question.options), question.adapter, listener)
        if listener.failure:
            raise ChatFailedError(reason=listener.failure)
        if listener.too_long is None and question.is_stopped():
            question.trace.finish = question.trace.finish or CANCELLED
        return listener.too_long

    def _prepare(self, adapter: Adapter | None) -> None:
        """Load the adapter unless it is there, and with it those used of late.

        A restart is the same price for all of them, so that a lane seldom needs
        one: only for an adapter that no lane has seen.
        """
        if not self.holds(adapter):
            self._load(self._recent.beside(adapter) if adapter else [])
        if adapter:
            self._recent.add(adapter)

    def _load(self, adapters: Sequence[Adapter]) -> None:
        """Start the server with these adapters, in place of the one that runs.

        It takes 0.4 s, and 0.02 s for each.
        """
        self.close()  # first, so that two servers' memory is never needed
        try:
            self._server = self._start(adapters)
        except RuntimeError as error:
            raise ChatFailedError(reason=str(error)) from error
        self._loaded = tuple(adapters)

    def _start(self, adapters: Sequence[Adapter]) -> object:
        import xllamacpp  # noqa: PLC0415  (34 MB of library: only when first needed)

        params = xllamacpp.CommonParams()
        params.model.path = str(self._model_path)
        params.lora_adapters = [
            xllamacpp.CommonAdapterLoraInfo(str(a.path), 0.0) for a in adapters
        ]
        params.n_ctx = self._context
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = _BATCH
        for cpu in (params.cpuparams, params.cpuparams_batch):
            cpu.n_threads = 1
            cpu.poll = 0  # a waiting thread that spins takes a core from the training
        params.verbosity = -1
        params.warmup = False
        # The cache in memory is keyed by tokens alone, not by the adapter.
        params.cache_ram_mib = 0
        params.cache_idle_slots = False
        # The server also listens on a loopback port, which nobody may use.
        params.api_keys = [secrets.token_urlsafe()]
        params.endpoint_slots = params.ui = False
        params.n_threads_http = 1
        return xllamacpp.Server(params)

    def _complete(
        self, body: dict[str, Any], adapter: Adapter | None, on_event: OnEvent
    ) -> None:
        chosen = [
            {"id": number, "scale": 1.0 if known == adapter else 0.0}
            for number, known in enumerate(self._loaded)
        ]
        self._server.handle_chat_completions({**body, "lora": chosen}, on_event)

    def close(self) -> None:
        """Stop the server and give its memory back."""
        if self._server is None:
            return
        self._server = None
        self._loaded = ()
        return_memory()


class _Listener:
    """Passes on what the server says; true ends the generation."""

    def __init__(self, budget: int, question: Question) -> None:
        self._budget = budget
        self._question = question
        self._has_begun = False
        self.too_long: int | None = None
        self.failure = ""

    def __call__(self, event: Event) -> bool:
        found = _prompt_tokens(event)
        if found > self._budget:
            self.too_long = found
        elif "error" in event:
            self.failure = str(event["error"])
        else:
            trace = self._question.trace
            trace.prompt_tokens = found or trace.prompt_tokens
            self._pass_on(event)
        return bool(self.too_long or self.failure or self._question.is_stopped())

    def _pass_on(self, event: Event) -> None:
        trace = self._question.trace
        for choice in event.get("choices", ()):
            if piece := choice["delta"].get("content"):
                trace.answer_tokens += 1
                # The server takes the lines after a thinking that the prompt closes
                # (Qwen3) for the answer's own.
                piece = piece if self._has_begun else piece.lstrip("\n")
                if piece:
                    self._has_begun = True
                    self._question.emit(piece)
            trace.finish = choice["finish_reason"] or trace.finish
        if timings := event.get("timings"):  # a token may be a part of a letter
            trace.answer_tokens = timings["predicted_n"]


def _prompt_tokens(event: Event) -> int:
    """Return how many tokens the engine counted, or 0 if the event does not say."""
    error = event.get("error")
    if isinstance(error, dict) and error.get("type") == _TOO_LONG:
        return int(error["n_prompt_tokens"])
    progress = event.get("prompt_progress")
    return int(progress["total"]) if isinstance(progress, dict) else 0


def _body(messages: Sequence[Message], options: SamplingOptions) -> Event:
    return {
        "messages": [
            {"role": m.role.value, "content": encodable(m.content)} for m in messages
        ],
        "chat_template_kwargs": dict(TEMPLATE_OPTIONS),
        "stream": True,
        "return_progress": True,
        # Reusing a prefix moves the borders of the batches and with them the last
        # bits of the logits: a greedy answer would depend on what was asked before.
        "cache_prompt": options.temperature > 0,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "max_tokens": options.max_tokens,
        "repeat_penalty": options.repeat_penalty,
        "seed": options.seed,
    }


class ServerLanes:
    """The lanes of one model; each maps the weights and loads adapters for itself."""

    def __init__(self, model_path: Path, *, context: int, slots: int) -> None:
        recent = Recent()
        self.lanes = [ServerLane(model_path, context, recent) for _ in range(slots)]

    def drop_idle(self) -> None:
        """Do nothing: a server keeps its adapters until it ends."""

    def prepare(
        self,
        messages: Sequence[Message],  # noqa: ARG002
        adapter: Adapter,  # noqa: ARG002
        is_stopped: Callable[[], bool],  # noqa: ARG002
    ) -> bool:
        """Do nothing: a server cannot be told what to read ahead."""
        return True

    def make_way(self) -> None:
        """Do nothing: nothing is read ahead."""

    def rest(self) -> None:
        """Do nothing: nothing is read ahead."""

    def close(self) -> None:
        """End all servers."""
        for lane in self.lanes:
            lane.close()
