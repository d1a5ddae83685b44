"""What the Gradio playground does when somebody types; no layout here."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from ftcore.chat.base import DEFAULT_SAMPLING, Arm, SamplingOptions
from ftcore.data.examples import Message, Role
from ftcore.errors import FtcoreError, InvalidTokenError, NotYoursError
from ftcore.texts import error_texts, number, text
from ftcore.tokens import PlaygroundClaim, Signer
from ftcore.ui.identity import COOKIE
from ftcore.workshop import Workshop

Timer = Callable[[], float]
History = Sequence[Mapping[str, object]]
Shown = tuple[list[Mapping[str, object]], str]  # conversation, line about its speed

_log = logging.getLogger(__name__)
_PUSH_SECONDS = 0.05  # twenty updates a second look continuous and spare the line


@dataclass(frozen=True, slots=True)
class Handlers:
    """Answers the events of the page; every one proves first who is asking.

    Gradio's endpoints can be called without the page, so no handler trusts that
    the page was opened properly.
    """

    get_workshop: Callable[[], Workshop]
    signer: Signer
    timer: Timer = time.perf_counter

    def claim(self, request: gr.Request) -> PlaygroundClaim:
        """Return what the request may do.

        Raises:
            InvalidTokenError: The address carries no valid token.
            NotYoursError: The browser's cookie is somebody else's.
        """
        claim = self.get_workshop().playground.claim(request.query_params.get("token"))
        visitor = self.signer.read_participant(request.cookies.get(COOKIE))
        if visitor is not None and visitor != claim.participant_id:
            raise NotYoursError(noun="model")
        return claim

    def ask(self, question: str, *histories: History) -> tuple[object, ...]:
        """Empty the box and put the question into both conversations."""
        said = question.strip()
        if not said:
            return (question, *histories)
        turn = {"role": Role.USER.value, "content": said}
        return ("", *([*history, turn] for history in histories))

    def answer_of(self, arm: Arm) -> Callable[..., Iterator[Shown]]:
        """Return the handler that streams one arm's answer."""

        # Gradio hands the request over by this annotation; a partial would hide it.
        def answer(
            history: History, temperature: float, max_tokens: int, request: gr.Request
        ) -> Iterator[Shown]:
            options = SamplingOptions(
                temperature=temperature,
                max_tokens=int(max_tokens),
                top_p=DEFAULT_SAMPLING.top_p,
            )
            yield from self.answer(arm, history, options, request)

        return answer

    def answer(
        self,
        arm: Arm,
        history: History,
        options: SamplingOptions,
        request: gr.Request,
    ) -> Iterator[Shown]:
        """Stream one arm's answer; yields (conversation, line about its speed)."""
        turns = list(history)
        if not turns or turns[-1]["role"] != Role.USER.value:
            yield turns, ""
            return
        yield turns, text("playground_chat.thinking")
        try:
            claim = self.claim(request)
            pieces = self.get_workshop().playground.chat(
                claim, arm, to_messages(turns), options
            )
            for answer, line in paced(pieces, self.timer):
                reply = {"role": Role.ASSISTANT.value, "content": answer}
                yield [*turns, reply], line
        except FtcoreError as error:
            raise spanish_error(error) from None

    def label(
        self, words: str, request: gr.Request
    ) -> tuple[Mapping[str, float], Mapping[str, float], str]:
        """Return the probabilities of tuned model and baseline, and the latter's name.

        Raises:
            gr.Error: Nothing was written, or the page is not the participant's.
        """
        if not words.strip():
            raise gr.Error(text("playground_labels.empty"), print_exception=False)
        try:
            found = self.get_workshop().playground.labels(self.claim(request), words)
        except FtcoreError as error:
            raise spanish_error(error) from None
        baseline = next((arm for arm in found if arm is not Arm.TUNED), Arm.TUNED)
        name = escape(text(f"playground_labels.{baseline.value}"))
        return dict(found[Arm.TUNED]), dict(found[baseline]), f"<h2>{name}</h2>"


def paced(pieces: Iterator[str], timer: Timer) -> Iterator[tuple[str, str]]:
    """Join the pieces of an answer and tell how fast they come.

    Yields:
        (answer so far, line about the speed), at most twenty times a second and
        once at the end.
    """
    start = last_push = timer()
    first: float | None = None
    answer = ""
    for piece in pieces:
        now = timer()
        if first is None and piece.strip():
            first = now - start
        answer += piece
        if now - last_push >= _PUSH_SECONDS:
            last_push = now
            yield answer, speed_line(answer, first, now - start)
    yield answer, speed_line(answer, first, timer() - start)


def speed_line(answer: str, first: float | None, seconds: float) -> str:
    """Say how long the first word took and how many came per second after it."""
    if first is None:
        return text("playground_chat.thinking")
    writing = max(seconds - first, 1e-3)
    rate = len(answer.split()) / writing if seconds > first else 0.0
    return text("playground_chat.speed", first=number(first, 1), rate=number(rate, 0))


def to_messages(history: History) -> list[Message]:
    """Turn Gradio's conversation into ours."""
    return [
        Message(Role(str(turn["role"])), plain_text(turn["content"]))
        for turn in history
    ]


def plain_text(content: object) -> str:
    """Return the words of one turn; Gradio sends a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(plain_text(part) for part in content)
    if isinstance(content, Mapping):
        return str(content.get("text", ""))
    return ""


def refusal(error: FtcoreError) -> tuple[str, str]:
    """Return why the page stays closed and what to do, in Spanish."""
    if isinstance(error, InvalidTokenError):
        reason = text(f"playground_refusal.{error.params['reason']}")
    elif isinstance(error, NotYoursError):
        reason = text("playground_refusal.foreign")
    else:
        return error_texts(error)
    return reason, text("playground_refusal.fix")


def spanish_error(error: FtcoreError) -> gr.Error:
    """Turn an expected error into Gradio's notice."""
    _log.info("Playground refused: %s", error)
    problem, fix = refusal(error)
    return gr.Error(
        f"{problem} {fix}",
        title=text("playground_refusal.title"),
        duration=None,
        print_exception=False,
    )
