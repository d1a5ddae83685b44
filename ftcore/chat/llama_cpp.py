"""Serve a base model, and every adapter trained on it, with llama.cpp."""

import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ftcore.chat.base import (
    CANCELLED,
    DEFAULT_SAMPLING,
    ReplyTrace,
    SamplingOptions,
    traced,
)
from ftcore.chat.lane import Adapter, Event, Lane
from ftcore.chat.questions import encodable
from ftcore.chat.trimming import trim
from ftcore.data.examples import Message
from ftcore.errors import ChatFailedError
from ftcore.models.prompting import TEMPLATE_OPTIONS

MOST_ADAPTERS = 30  # a room; 10 MB each in every lane
_SILENCE_SECONDS = 300.0  # longest wait for the next piece, queue included
_TRIMS = 6
_TOO_LONG = "exceed_context_size_error"


@dataclass(slots=True)
class _Request:
    """One question on its way through the engine."""

    messages: Sequence[Message]
    options: SamplingOptions
    adapter: Adapter | None
    pinned: int
    outer_stop: threading.Event | None
    trace: ReplyTrace
    stop: threading.Event = field(default_factory=threading.Event)
    pieces: "queue.SimpleQueue[str | None]" = field(default_factory=queue.SimpleQueue)
    has_begun: bool = False

    @property
    def is_stopped(self) -> bool:
        return self.stop.is_set() or bool(self.outer_stop and self.outer_stop.is_set())


class LlamaEngine:
    """Answers conversations from one base model, several at once.

    Requests wait their turn in order of arrival; each is then alone in a lane, so
    that its answer does not depend on the others.
    """

    def __init__(
        self, model_path: Path, *, context: int, slots: int = 2, threads: int = 1
    ) -> None:
        """Prepare the engine; nothing is loaded before the first question.

        Args:
            model_path: GGUF file of the base model.
            context: Tokens of one conversation, answer included.
            slots: Conversations answered at the same time.
            threads: Threads for each; one is best beside a training, because
                llama.cpp's threads wait for each other after every layer.
        """
        self._context = context
        self._lanes = [
            Lane(model_path, context=context, threads=threads) for _ in range(slots)
        ]
        self._recent: list[Adapter] = []  # that loaded well; least recently used first
        self._idle = list(self._lanes)
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(slots, thread_name_prefix="chat")

    def stream(
        self,
        messages: Sequence[Message],
        options: SamplingOptions = DEFAULT_SAMPLING,
        adapter: Path | None = None,
        stop_event: threading.Event | None = None,
        pinned: int = 1,
        trace: ReplyTrace | None = None,
    ) -> Iterator[str]:
        """Yield the answer in pieces; closing the iterator stops the generation.

        Args:
            messages: Conversation whose last message is the user's.
            options: How the next token is chosen.
            adapter: GGUF of the LoRA adapter; ``None`` asks the base model.
            stop_event: Once set, the answer ends where it is.
            pinned: Messages at the start that stay if the conversation is too long.
            trace: Filled in on the way, if given.

        Raises:
            ChatFailedError: The engine gave no answer.
        """
        wanted = Adapter.of(adapter) if adapter else None
        trace = trace or ReplyTrace()
        request = _Request(messages, options, wanted, pinned, stop_event, trace)
        yield from traced(self._pieces(request), trace)

    def _pieces(self, request: _Request) -> Generator[str]:
        try:
            job = self._workers.submit(self._run, request)
        except RuntimeError as error:  # closed
            raise ChatFailedError(reason=str(error)) from error
        job.add_done_callback(lambda _: request.pieces.put(None))
        try:
            while (piece := request.pieces.get(timeout=_SILENCE_SECONDS)) is not None:
                yield piece
            job.result()
        except (queue.Empty, CancelledError) as error:
            raise ChatFailedError(reason=type(error).__name__) from error
        finally:
            request.stop.set()

    def close(self) -> None:
        """End when the running answers have ended; waiting ones are refused."""
        self._workers.shutdown(wait=True, cancel_futures=True)
        for lane in self._lanes:
            lane.close()

    def _run(self, request: _Request) -> None:
        if request.is_stopped:
            return
        lane = self._take(request.adapter)
        try:
            self._prepare(lane, request.adapter)
            self._answer(lane, request)
            if request.is_stopped and not request.trace.finish:
                request.trace.finish = CANCELLED
        finally:
            with self._lock:
                self._idle.append(lane)

    def _take(self, adapter: Adapter | None) -> Lane:
        """Take the idle lane that answers soonest; there is one for each worker."""
        with self._lock:
            lane = min(
                self._idle,
                key=lambda idle: (not idle.holds(adapter), idle.is_started),
            )
            self._idle.remove(lane)
            return lane

    def _prepare(self, lane: Lane, adapter: Adapter | None) -> None:
        """Load the adapter unless it is there, and with it those used of late.

        A restart is the same price for all of them, so that a lane seldom needs
        one: only for an adapter that no lane has seen.
        """
        if lane.holds(adapter):
            self._remember(adapter)
            return
        with self._lock:
            others = [a for a in self._recent if a != adapter and a.is_current]
        newest = [] if adapter is None else [adapter]
        lane.load((others + newest)[-MOST_ADAPTERS:])
        self._remember(adapter)

    def _remember(self, adapter: Adapter | None) -> None:
        if adapter is None:
            return
        with self._lock:
            kept = [a for a in self._recent if a.path != adapter.path]
            self._recent = [*kept, adapter][-MOST_ADAPTERS:]

    def _answer(self, lane: Lane, request: _Request) -> None:
        reserve = min(request.options.max_tokens, self._context // 4)
        budget = self._context - reserve
        messages = list(request.messages)
        for _ in range(_TRIMS):
            tokens = _ask(lane, messages, budget, request)
            if tokens is None:
                return
            messages, _ = trim(messages, tokens, budget, request.pinned)
            request.trace.trimmed = True
        raise ChatFailedError(reason=_TOO_LONG)


def _ask(
    lane: Lane, messages: Sequence[Message], budget: int, request: _Request
) -> int | None:
    """Stream one answer; returns the tokens of a conversation that is too long."""
    too_long: int | None = None
    failure = ""

    def on_event(event: Event) -> bool:
        nonlocal too_long, failure
        found = _prompt_tokens(event)
        if found > budget:
            too_long = found
        elif "error" in event:
            failure = str(event["error"])
        else:
            request.trace.prompt_tokens = found or request.trace.prompt_tokens
            _pass_on(event, request)
        return bool(too_long or failure or request.is_stopped)

    lane.complete(_body(messages, request.options), request.adapter, on_event)
    if failure:
        raise ChatFailedError(reason=failure)
    return too_long


def _pass_on(event: Event, request: _Request) -> None:
    trace = request.trace
    for choice in event.get("choices", ()):
        if piece := choice["delta"].get("content"):
            trace.answer_tokens += 1
            # The server takes the lines after a thinking that the prompt closes
            # (Qwen3) for the answer's own.
            piece = piece if request.has_begun else piece.lstrip("\n")
            if piece:
                request.has_begun = True
                request.pieces.put(piece)
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
