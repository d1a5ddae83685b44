"""Fill the playground as its page opens: suggestions, last conversation, cases."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from ftcore.data.examples import Task
from ftcore.tokens import PlaygroundClaim
from ftcore.ui.playground_cases import CaseDesk
from ftcore.ui.playground_chat import ORDER, START, Chat, arm_name, columns
from ftcore.ui.playground_labels import LabelDesk
from ftcore.ui.playground_settings import start_values
from ftcore.workshop.playground import SUGGESTIONS, PlaygroundInfo


@dataclass(frozen=True, slots=True)
class Opening:
    """Gives the opening page its content, in the order of ``opened`` of its parts.

    Attributes:
        chat: The events of the chat.
        labels: The events of a classifier's playground.
        desk: The events of the saved cases.
    """

    chat: Chat
    labels: LabelDesk
    desk: CaseDesk

    def page(self, request: gr.Request) -> list[object]:
        """Return what is seen: chat or labels, and the content of both.

        Raises:
            FtcoreError: The page is not to be opened.
        """
        claim = self.chat.handlers.claim(request)
        info = self.chat.handlers.playground.info(claim)
        is_chat = info.task is not Task.CLASSIFICATION
        areas = [gr.update(visible=is_chat), gr.update(visible=not is_chat)]
        if is_chat:
            return [*areas, *self._chat(claim, info), *self._no_labels()]
        return [*areas, *self._no_chat(), *self._labels(claim, info)]

    def _chat(self, claim: PlaygroundClaim, info: PlaygroundInfo) -> list[object]:
        kept = self.chat.handlers.playground.conversation(claim)
        shown = [arm_name(arm) for arm in ORDER if arm in kept or arm in START]
        return [
            *_chips(info.sample_questions),
            shown,
            *columns(shown),
            *self.chat.restored(claim),
            *self.desk.listed(claim),
            *start_values(info.task),
        ]

    def _labels(self, claim: PlaygroundClaim, info: PlaygroundInfo) -> list[object]:
        words, verdicts = self.labels.restored(claim)
        return [
            *_chips(info.sample_questions),
            words,
            *verdicts,
            *self.desk.listed(claim),
        ]

    def _no_chat(self) -> list[object]:
        # Chatbots take a value, because an update of theirs costs ten times as much.
        nothing: list[object] = [[] for _ in ORDER]
        few = [arm_name(arm) for arm in START]
        shown = [few, *columns(few), *nothing, *_blank(len(ORDER) + 2)]
        return [*_chips(()), *shown, *start_values(Task.CHAT)]

    def _no_labels(self) -> list[object]:
        verdicts = self.labels.nothing()
        return [*_chips(()), "", *verdicts, *_blank(2)]


def _chips(questions: Sequence[str]) -> list[object]:
    # Each its own update: Gradio empties the ones that it has used.
    found = [*questions, *[""] * SUGGESTIONS][:SUGGESTIONS]
    return [gr.update(value=question, visible=bool(question)) for question in found]


def _blank(count: int) -> list[object]:
    return [gr.skip() for _ in range(count)]
