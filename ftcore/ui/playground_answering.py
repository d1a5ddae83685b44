"""One arm answers in the playground: streamed, kept, stopped."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import gradio as gr

from ftcore.chat.base import DEFAULT_SAMPLING, Arm, SamplingOptions
from ftcore.errors import FtcoreError
from ftcore.tokens import PlaygroundClaim
from ftcore.ui import playground_lines as lines
from ftcore.ui.playground_handlers import Handlers, refusal
from ftcore.ui.playground_run import Run
from ftcore.ui.playground_turns import (
    History,
    answer_turn,
    is_waiting,
    last_question,
    to_messages,
)

Shown = tuple[object, object]  # conversation and line below it, or no change
Answer = Callable[..., AsyncIterator[Shown]]


@dataclass(frozen=True, slots=True)
class Answering:
    """The answers under way; one that fails says so in its own place.

    Attributes:
        handlers: Who is asking, and the workshop.
        runs: Answers under way, by participant and tab.
    """

    handlers: Handlers
    runs: dict[tuple[str, str], set[Run]] = field(default_factory=dict)

    def answer_of(self, arm: Arm) -> Answer:
        """Return the handler that streams one arm's answer."""

        # Gradio hands the request over by this annotation; a partial would hide it.
        async def answer(
            request: gr.Request, history: History, *options: float | None
        ) -> AsyncIterator[Shown]:
            if not is_waiting(history):
                yield gr.skip(), gr.skip()  # nothing at all would empty the page
                return
            async for shown in self._answer(arm, history, to_options(options), request):
                yield shown

        return answer

    def stop(self, claim: PlaygroundClaim, request: gr.Request) -> None:
        """End the answers under way in a tab."""
        for run in list(self.runs.get(_tab(claim, request), ())):
            run.stop()

    async def _answer(
        self, arm: Arm, history: History, options: SamplingOptions, request: gr.Request
    ) -> AsyncIterator[Shown]:
        turns, run = list(history), Run()
        try:
            claim = self.handlers.claim(request)
        except FtcoreError as error:
            yield turns, lines.failed_line(*refusal(error))
            return
        messages, playground = to_messages(turns), self.handlers.playground

        def keep() -> Shown:
            if not run.text.strip():
                return turns, lines.finished_line(run.trace)
            row = playground.keep(
                claim, arm, last_question(turns), run.text, options, run.trace
            )
            tally = playground.tallies(claim).get(arm, (0, 0))
            whole = answer_turn(run.text, row.id)
            return [*turns, whole], lines.finished_line(run.trace, tally)

        is_kept = False
        with self._watched(_tab(claim, request), run):
            try:
                async for _ in run.pushes(
                    lambda trace: playground.chat(claim, arm, messages, options, trace)
                ):
                    so_far = answer_turn(run.text)
                    yield [*turns, so_far], lines.writing_line(run.trace)
                is_kept = True
                yield await asyncio.to_thread(keep)
            except FtcoreError as error:
                is_kept = True  # as far as it can be
                said = [answer_turn(run.text)] if run.text.strip() else []
                yield [*turns, *said], lines.failed_line(*refusal(error))
            finally:
                if not is_kept:  # the tab was closed or reloaded in the middle
                    keep()

    @contextmanager
    def _watched(self, tab: tuple[str, str], run: Run) -> Iterator[None]:
        self.runs.setdefault(tab, set()).add(run)
        try:
            yield
        finally:
            self.runs[tab].discard(run)
            if not self.runs[tab]:
                del self.runs[tab]


def to_options(values: Sequence[float | None]) -> SamplingOptions:
    """Return the controls' values as options; what is empty keeps its start value.

    Args:
        values: Temperature, top_p, longest answer in tokens, repeat penalty, seed.
    """
    # What is shown is what is done, also where nobody moved it.
    start = replace(DEFAULT_SAMPLING, is_chosen=True)
    names = ("temperature", "top_p", "max_tokens", "repeat_penalty", "seed")
    given = {n: v for n, v in zip(names, values, strict=True) if v is not None}
    for whole in ("max_tokens", "seed"):
        if whole in given:
            given[whole] = int(given[whole])
    return replace(start, **given)  # type: ignore[arg-type]


def _tab(claim: PlaygroundClaim, request: gr.Request) -> tuple[str, str]:
    return claim.participant_id, str(request.session_hash)
