"""What the chat of the playground looks like: one question, a column for each arm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import gradio as gr

from ftcore.chat.base import Arm
from ftcore.texts import text
from ftcore.ui.playground_cases import CaseDesk, CaseParts, case_form
from ftcore.ui.playground_chat import (
    ORDER,
    START,
    WARMER,
    Chat,
    arm_name,
    column_classes,
)
from ftcore.ui.playground_settings import sampling_controls
from ftcore.ui.playground_turns import DOWN, UP
from ftcore.workshop.playground import SUGGESTIONS

Trigger = Callable[..., gr.events.Dependency]

_CHAT_HEIGHT_PX = 270
# Answers streamed at once by each arm: they wait for the engine, not for the page,
# so that everybody in the room sees that it thinks.
_CONCURRENT = 64
_QUICK = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_SCROLL = Path(__file__).with_name("scroll_to_answers.js")
ANSWERS = "ft-answers"  # the row that the script brings into view
_HIDE = "() => ({ __type__: 'update', visible: false })"  # spares the server an event
_STREAMED = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "concurrency_limit": _CONCURRENT,
}


@dataclass(frozen=True, slots=True)
class ChatParts:
    """The pieces of the page that change when it opens.

    Attributes:
        chips: Buttons of the suggestions.
        who: Choice of the arms on screen.
        columns: One for each arm, in the order of the page.
        chats: Their conversations.
        lines: What is below each.
        cases: The saved cases.
        controls: How an answer is drawn.
    """

    chips: list[gr.Button]
    who: gr.CheckboxGroup
    columns: list[gr.Column]
    chats: list[gr.Chatbot]
    lines: list[gr.HTML]
    cases: CaseParts
    controls: list[gr.Slider | gr.Number]

    @property
    def opened(self) -> list[object]:
        """All of them, in the order in which the opening page fills them."""
        shown = [self.who, *self.columns, *self.chats, *self.lines]
        saved = [self.cases.fold, self.cases.listing]
        return [*self.chips, *shown, *saved, *self.controls]


def chat_layout(chat: Chat, desk: CaseDesk) -> ChatParts:
    """Draw the chat and connect its events."""
    box = gr.Textbox(
        label=text("playground_chat.question"),
        placeholder=text("playground_chat.placeholder"),
        submit_btn=text("playground_chat.send"),
        max_length=4000,
        elem_id="question",
        autofocus=False,
    )
    samples = suggestion_chips()
    with gr.Row(elem_id="who"):
        who = gr.CheckboxGroup(
            [arm_name(arm) for arm in ORDER],
            value=[arm_name(arm) for arm in START],
            label=text("playground_chat.who"),
            container=False,
            elem_id="arms-shown",
        )
        compare = gr.Button(text("playground_chat.all"), size="sm", elem_id="compare")
    columns, chats, lines = _arm_columns()
    with gr.Row(visible=False, elem_id="same") as notice:
        gr.HTML(f"<p>{escape(text('playground_chat.same'))}</p>")
        warmer = gr.Button(text("playground_chat.warmer"), size="sm")
    with gr.Row(elem_id="actions", elem_classes="ft-actions"):
        stop, again, save, clear, undo = _action_buttons()
    cases = case_form(desk, save, classifies=False)
    controls = sampling_controls(chat.start_values)
    parts = ChatParts(samples, who, columns, chats, lines, cases, controls)

    wiring = _Wiring(chat, parts, controls)
    for trigger, source in (
        (box.submit, box),
        *((sample.click, sample) for sample in samples),
    ):
        look_at_answers(wiring.answers(trigger, chat.ask, [source, who], [box]))
        trigger(None, outputs=notice, js=_HIDE, **_QUICK)
    shown = [who, *columns]
    wiring.answers(who.input, chat.show, [who], shown)
    wiring.answers(compare.click, chat.compare, [who], shown)
    who.change(_compare_label, inputs=who, outputs=compare, **_QUICK)
    temperature, seed = controls[0], controls[-1]
    wiring.answers(again.click, chat.again, [temperature, seed, who], [seed, notice])
    warmed = warmer.click(lambda: WARMER, outputs=temperature, **_QUICK)
    wiring.answers(warmed.then, chat.again, [temperature, seed, who], [seed, notice])
    stop.click(chat.stop, **_QUICK)
    for button, handler in ((clear, chat.clear), (undo, chat.undo_clear)):
        button.click(handler, outputs=[undo, *chats, *lines], **_QUICK)
    for arm, bot, line in zip(ORDER, chats, lines, strict=True):
        bot.like(chat.like_of(arm), inputs=bot, outputs=line, **_QUICK)
    return parts


def look_at_answers(asked: gr.events.Dependency) -> None:
    """Bring the answers into view: on a phone they lie below the screen.

    Args:
        asked: What shows the question or the answers; where it failed nothing moves.
    """
    asked.success(None, js=_SCROLL.read_text(encoding="utf-8"), **_QUICK)


def heading(words: str, about: str = "") -> gr.HTML:
    """Draw the name of a column, and in a few words what it is."""
    more = f"<p>{escape(about)}</p>" if about else ""
    return gr.HTML(
        f"<h2>{escape(words)}</h2>{more}", padding=False, elem_classes="ft-heading"
    )


def suggestion_chips() -> list[gr.Button]:
    """Draw the places of the questions to try; empty until the page opens."""
    with gr.Row(elem_classes="ft-chips"):
        label = escape(text("playground_chat.samples"))
        gr.HTML(f"<span>{label}</span>", padding=False)
        return [
            gr.Button(visible=False, size="sm", min_width=0, elem_classes="ft-chip")
            for _ in range(SUGGESTIONS)
        ]


def _arm_columns() -> tuple[list[gr.Column], list[gr.Chatbot], list[gr.HTML]]:
    columns, chats, lines = [], [], []
    with gr.Row(elem_id="arms", elem_classes=ANSWERS, equal_height=True):
        for arm in ORDER:
            with gr.Column(
                min_width=220,
                elem_classes=column_classes(arm, shown=arm in START),
            ) as column:
                heading(arm_name(arm), text(f"playground_chat.about.{arm.value}"))
                chats.append(_chatbot(arm))
                lines.append(gr.HTML(elem_classes="ft-speed", padding=False))
            columns.append(column)
    return columns, chats, lines


def _chatbot(arm: Arm) -> gr.Chatbot:
    return gr.Chatbot(
        label=arm_name(arm),
        show_label=False,
        placeholder=text("playground_chat.empty"),
        height=_CHAT_HEIGHT_PX,
        buttons=["copy"],
        feedback_options=(UP, DOWN),
        # Model output on our own origin: it must never script the page around it.
        sanitize_html=True,
        allow_tags=False,
        layout="bubble",
        elem_id=f"chat-{arm.value}",
    )


def _action_buttons() -> list[gr.Button]:
    buttons = [
        gr.Button(text(f"playground_chat.{name}"), size="sm", elem_id=elem_id)
        for name, elem_id in (
            ("stop", "stop"),
            ("again", "again"),
            ("save_case", "save-case"),
            ("clear", "clear"),
        )
    ]
    undo = gr.Button(
        text("playground_chat.undo"), size="sm", elem_id="undo", visible=False
    )
    return [*buttons, undo]


def _compare_label(shown: Sequence[str]) -> str:
    name = "two" if len(shown) == len(ORDER) else "all"
    return text(f"playground_chat.{name}")


@dataclass(frozen=True, slots=True)
class _Wiring:
    """Connects what puts a question with what answers it."""

    chat: Chat
    parts: ChatParts
    controls: Sequence[gr.Slider | gr.Number]

    def answers(
        self,
        trigger: Trigger,
        handler: Callable[..., object],
        inputs: Sequence[object],
        outputs: Sequence[object],
    ) -> gr.events.Dependency:
        """Let ``handler`` change the conversations, then every arm answer its own.

        Args:
            trigger: What starts it.
            handler: Takes ``inputs``, conversations and lines; gives ``outputs``,
                conversations and lines.
            inputs: What it needs besides.
            outputs: What it changes besides.

        Returns:
            What shows the question.
        """
        both = [*self.parts.chats, *self.parts.lines]
        put = trigger(
            handler, inputs=[*inputs, *both], outputs=[*outputs, *both], **_QUICK
        )
        pairs = zip(ORDER, self.parts.chats, self.parts.lines, strict=True)
        for arm, bot, line in pairs:
            put.then(
                self.chat.answering.answer_of(arm),
                inputs=[bot, *self.controls],
                outputs=[bot, line],
                **_STREAMED,
            )
        return put
