"""What happens in the chat around the answers: ask, show, ask again, clear, judge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import gradio as gr

from ftcore.chat.base import DEFAULT_SAMPLING, Arm
from ftcore.errors import FtcoreError
from ftcore.texts import text
from ftcore.tokens import PlaygroundClaim
from ftcore.ui import playground_lines as lines
from ftcore.ui.playground_answering import Answering
from ftcore.ui.playground_handlers import Handlers, spanish_error
from ftcore.ui.playground_settings import Values, start_values
from ftcore.ui.playground_turns import (
    History,
    history_of,
    is_waiting,
    last_question,
    question_turn,
    thumbs_of,
    trial_id,
)
from ftcore.workshop.playground import Tally

# In the order of the page; every list of conversations or lines follows it.
ORDER = (Arm.BASE, Arm.FEW_SHOT, Arm.NEAREST, Arm.TUNED, Arm.TUNED_FEW_SHOT)
START = (Arm.BASE, Arm.TUNED)
WARMER = 0.7  # varied, and still to the point


@dataclass(frozen=True, slots=True)
class Chat:
    """The events of the chat.

    Attributes:
        handlers: Who is asking, and the workshop.
        answering: The answers under way.
    """

    handlers: Handlers
    answering: Answering

    def ask(
        self, question: str, shown: Sequence[str], *parts: object
    ) -> tuple[object, ...]:
        """Empty the box and put the question to the arms on screen."""
        histories, below = split(parts)
        said = question.strip()
        if not said:
            return (question, *histories, *below)
        asked = [
            [*history, question_turn(said)] if arm_name(arm) in shown else history
            for arm, history in zip(ORDER, histories, strict=True)
        ]
        return ("", *asked, *_waiting(asked, below))

    def show(self, shown: Sequence[str], *parts: object) -> tuple[object, ...]:
        """Put the arms that were chosen on screen, and the last question to new ones.

        Returns:
            What is chosen (never nobody), who is on screen, conversations, lines.
        """
        histories, _ = split(parts)
        chosen = [name for name in map(arm_name, ORDER) if name in shown]
        chosen = chosen or [arm_name(Arm.TUNED)]
        question = next((q for h in histories if (q := last_question(h))), "")
        joins = [
            bool(question) and not history and arm_name(arm) in chosen
            for arm, history in zip(ORDER, histories, strict=True)
        ]
        # The others are left alone: an answer under way has gone on since it was read.
        asked = [[question_turn(question)] if new else gr.skip() for new in joins]
        below = [lines.waiting_line() if new else gr.skip() for new in joins]
        return (chosen, *columns(chosen), *asked, *below)

    def compare(self, shown: Sequence[str], *parts: object) -> tuple[object, ...]:
        """Put all arms on screen, or only the first two if all are there."""
        everybody, few = map(arm_name, ORDER), map(arm_name, START)
        return self.show(list(few if len(shown) == len(ORDER) else everybody), *parts)

    def again(
        self,
        request: gr.Request,
        temperature: float,
        seed: float | None,
        shown: Sequence[str],
        *parts: object,
    ) -> tuple[object, ...]:
        """Take the last answers back, so that others follow with another seed.

        Without chance they would be the same ones: the notice says so, and nothing
        is taken back.

        Returns:
            Seed, whether the notice shows, conversations, lines.
        """
        histories, below = split(parts)
        if temperature <= 0:
            return (seed, gr.update(visible=True), *histories, *below)
        claim = self._claim(request)
        judged = self.handlers.playground.tallies(claim)
        back = [
            self._without_last(claim, history)
            if arm_name(arm) in shown and arm is not Arm.NEAREST
            else history
            for arm, history in zip(ORDER, histories, strict=True)
        ]
        below = _waiting(back, below)
        following = int(DEFAULT_SAMPLING.seed if seed is None else seed) + 1
        values = self._values(claim, back, judged)
        return (following, gr.update(visible=False), *values, *below)

    def start_values(self, request: gr.Request) -> Values:
        """Return what the controls start with for the model on the page."""
        info = self.handlers.playground.info(self._claim(request))
        return start_values(info.task)

    def stop(self, request: gr.Request) -> None:
        """End the answers under way in this tab."""
        claim = self._claim(request)
        self.answering.stop(claim, request)

    def clear(self, request: gr.Request) -> tuple[object, ...]:
        """Begin anew.

        Returns:
            Whether the undo shows, conversations, lines.
        """
        self.stop(request)
        claim = self._claim(request)
        judged = self.handlers.playground.tallies(claim)
        self.handlers.playground.clear(claim)
        empty = self._values(claim, [[] for _ in ORDER], judged)
        below = [lines.tally_line(judged.get(arm, (0, 0))) for arm in ORDER]
        return (gr.update(visible=True), *empty, *below)

    def undo_clear(self, request: gr.Request) -> tuple[object, ...]:
        """Bring the conversation back that was cleared last; as :meth:`clear`."""
        claim = self._claim(request)
        self.handlers.playground.undo_clear(claim)
        return (gr.update(visible=False), *self.restored(claim))

    def restored(self, claim: PlaygroundClaim) -> list[object]:
        """Return the kept conversations and the lines below them."""
        kept = self.handlers.playground.conversation(claim)
        judged = self.handlers.playground.tallies(claim)
        histories: list[object] = [
            gr.update(value=history_of(rows), feedback_value=thumbs_of(rows))
            if (rows := kept.get(arm))
            else []
            for arm in ORDER
        ]
        return histories + [
            lines.trial_line(kept.get(arm, []), judged.get(arm, (0, 0)))
            for arm in ORDER
        ]

    def like_of(self, arm: Arm) -> Callable[..., str]:
        """Return the handler of one arm's thumbs; it gives the line below."""

        def like(history: History, event: gr.LikeData, request: gr.Request) -> str:
            claim = self._claim(request)
            kept = _kept_at(history, event.index)
            liked = event.liked if isinstance(event.liked, bool) else None
            playground = self.handlers.playground
            try:
                if kept is not None:
                    playground.like(claim, kept, liked)
            except FtcoreError as error:
                raise spanish_error(error) from None
            rows = playground.conversation(claim).get(arm, [])
            return lines.trial_line(rows, playground.tallies(claim).get(arm, (0, 0)))

        return like

    def _values(
        self,
        claim: PlaygroundClaim,
        histories: Sequence[History],
        judged: Mapping[Arm, Tally],
    ) -> list[object]:
        """Return the conversations so that no thumb stays where its answer was.

        Only an update moves the thumbs, and it costs ten times what a value costs.
        """
        kept = self.handlers.playground.conversation(claim)
        return [
            gr.update(value=history, feedback_value=thumbs_of(kept.get(arm, [])))
            if arm in judged
            else history
            for arm, history in zip(ORDER, histories, strict=True)
        ]

    def _without_last(self, claim: PlaygroundClaim, history: History) -> History:
        """Take the last answer out of a conversation, kept or not."""
        if not history or is_waiting(history):
            return history
        kept = trial_id(history[-1])
        if kept is not None:
            try:
                self.handlers.playground.replace(claim, kept)
            except FtcoreError as error:
                raise spanish_error(error) from None
        return history[:-1]

    def _claim(self, request: gr.Request) -> PlaygroundClaim:
        try:
            return self.handlers.claim(request)
        except FtcoreError as error:
            raise spanish_error(error) from None


def split(parts: Sequence[object]) -> tuple[list[History], list[str]]:
    """Return the conversations and the lines that came after each other."""
    histories, below = parts[: len(ORDER)], parts[len(ORDER) :]
    return [list(h or ()) for h in histories], [str(b or "") for b in below]  # type: ignore[call-overload]


def arm_name(arm: Arm) -> str:
    """Return the name of an arm, by which it is also chosen.

    Gradio shows the values of a choice as tooltips, so they are words of ours.
    """
    return text(f"playground_chat.arms.{arm.value}")


def columns(chosen: Sequence[str]) -> list[object]:
    """Return which columns are on screen; the others keep what they hold."""
    return [
        gr.update(elem_classes=column_classes(arm, shown=arm_name(arm) in chosen))
        for arm in ORDER
    ]


def column_classes(arm: Arm, *, shown: bool) -> list[str]:
    """Return the style of an arm's column.

    What is out of sight stays on the page: Gradio loses what it is given for a piece
    that it has taken off.
    """
    return ["ft-arm", f"ft-{arm.value}", *([] if shown else ["ft-off"])]


def _waiting(histories: Sequence[History], below: Sequence[str]) -> list[str]:
    """Return the lines, with a word of patience below each unanswered question."""
    return [
        lines.waiting_line() if is_waiting(history) else line
        for history, line in zip(histories, below, strict=True)
    ]


def _kept_at(history: History, index: object) -> str | None:
    """Return the id of the answer at a place that the browser names."""
    if not isinstance(index, int) or not 0 <= index < len(history):
        return None
    return trial_id(history[index])
