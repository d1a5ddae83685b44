"""Serve a base model, and every adapter trained on it, with llama.cpp."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from ftcore.chat.adapters import Adapter
from ftcore.chat.base import (
    CANCELLED,
    DEFAULT_SAMPLING,
    ReplyTrace,
    SamplingOptions,
    traced,
)
from ftcore.chat.lane import Lane, LaneSet, Question
from ftcore.chat.lane_keeper import LaneKeeper
from ftcore.chat.lanes import Clock, open_lanes
from ftcore.chat.preparing import Preparer
from ftcore.chat.trimming import trim
from ftcore.data.examples import Message
from ftcore.errors import ChatFailedError

_SILENCE_SECONDS = 300.0  # longest wait for the next piece, queue included
_TRIMS = 6


class OpenLanes(Protocol):
    """Makes what answers; see :func:`ftcore.chat.lanes.open_lanes`."""

    def __call__(
        self,
        model_path: Path,
        *,
        context: int,
        slots: int,
        clock: Clock,
        opening_bytes: int,
    ) -> LaneSet:
        """Open the lanes of one base model."""
        ...


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

    def is_stopped(self) -> bool:
        return self.stop.is_set() or bool(self.outer_stop and self.outer_stop.is_set())

    def question(self) -> Question:
        return Question(
            self.options, self.adapter, self.trace, self.pieces.put, self.is_stopped
        )


class LlamaEngine:
    """Answers conversations from one base model, several at once.

    Requests wait their turn in order of arrival; each is then alone in a lane, so
    that its answer does not depend on the others.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context: int,
        slots: int = 2,
        open_lanes: OpenLanes = open_lanes,
        clock: Callable[[], float] = time.monotonic,
        opening_bytes: int = 0,
    ) -> None:
        """Prepare the engine; nothing is loaded before the first question.

        Args:
            model_path: GGUF file of the base model.
            context: Tokens of one conversation, answer included.
            slots: Conversations answered at the same time, each by one thread:
                llama.cpp's threads wait for each other after every layer, which
                takes long beside a training.
            open_lanes: Makes what answers.
            clock: Seconds, rising.
            opening_bytes: Memory for what was read of prompts, here and ahead; 0
                keeps nothing.
        """
        self._opening_bytes = opening_bytes
        self._asking = 0
        self._preparer = Preparer(self._read_ahead, lambda: bool(self._asking))
        self._context = context
        self._keeper = LaneKeeper(
            partial(
                open_lanes,
                model_path,
                context=context,
                slots=slots,
                clock=clock,
                opening_bytes=opening_bytes,
            ),
            clock,
        )
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

    def prepare(
        self, adapter: Path, conversations: Callable[[], Sequence[Sequence[Message]]]
    ) -> None:
        """Read ahead what stands before the last message of conversations.

        It is done when the machine is idle, and once; nothing is done where no memory
        was given for it.

        Args:
            adapter: GGUF of the LoRA adapter that will be asked.
            conversations: Makes them.
        """
        if self._opening_bytes and adapter.is_file():
            self._preparer.prepare(Adapter.of(adapter), conversations)

    def welcome(self, adapter: Path, conversation: Sequence[Message]) -> None:
        """Load a new adapter and read its instruction, before anybody asks it.

        That is short, and done beside trainings, too; nothing is done where no memory
        was given for it.

        Args:
            adapter: GGUF of the LoRA adapter.
            conversation: Any that begins with the instruction and has no example.
        """
        if self._opening_bytes and adapter.is_file():
            self._preparer.welcome(Adapter.of(adapter), conversation)

    def drop_idle(self) -> None:
        """Give back what nobody used for a while: contexts first, then adapters.

        A thread of the engine's own calls it every minute.
        """
        self._keeper.drop_idle()

    def close(self) -> None:
        """End when the running answers have ended; waiting ones are refused."""
        self._preparer.close()
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._keeper.close()

    def _pieces(self, request: _Request) -> Generator[str]:
        try:
            job = self._workers.submit(self._run, request)
        except RuntimeError as error:  # closed
            raise ChatFailedError(reason=str(error)) from error
        with self._lock:
            self._asking += 1
        self._keeper.make_way()
        job.add_done_callback(lambda _: self._end(request))
        try:
            while (piece := request.pieces.get(timeout=_SILENCE_SECONDS)) is not None:
                yield piece
            job.result()
        except (queue.Empty, CancelledError) as error:
            raise ChatFailedError(reason=type(error).__name__) from error
        finally:
            request.stop.set()

    def _run(self, request: _Request) -> None:
        if request.is_stopped():
            request.trace.finish = CANCELLED
            return
        lane = self._keeper.take(request.adapter)
        try:
            self._answer(lane, request)
        finally:
            self._keeper.put_back(lane)
        if self._opening_bytes:  # somebody waits in front of a screen
            with suppress(RuntimeError):  # closed
                self._workers.submit(self._keeper.start_another)

    def _end(self, request: _Request) -> None:
        with self._lock:
            self._asking -= 1
        request.pieces.put(None)

    def _read_ahead(
        self,
        messages: Sequence[Message],
        adapter: Adapter,
        is_stopped: Callable[[], bool],
    ) -> bool:
        return self._keeper.opened().prepare(messages, adapter, is_stopped)

    def _answer(self, lane: Lane, request: _Request) -> None:
        reserve = min(request.options.max_tokens, self._context // 4)
        budget = self._context - reserve
        messages, question = list(request.messages), request.question()
        for _ in range(_TRIMS):
            tokens = lane.ask(messages, budget, question)
            if tokens is None:
                return
            messages, _ = trim(messages, tokens, budget, request.pinned)
            request.trace.trimmed = True
        raise ChatFailedError(reason="the conversation stays too long")
