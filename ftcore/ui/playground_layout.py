"""What the Gradio playground looks like: a chat of two arms, or two verdicts."""

from collections.abc import Callable
from html import escape

import gradio as gr

from ftcore.chat.base import DEFAULT_SAMPLING, Arm
from ftcore.texts import text
from ftcore.ui.playground_handlers import Handlers
from ftcore.workshop.playground import SUGGESTIONS

_CHAT_HEIGHT_PX = 270
_ARMS = (Arm.BASE, Arm.TUNED)


def chat_layout(handlers: Handlers) -> list[gr.Button]:
    """Draw one question and two conversations; return the suggestions' buttons."""
    chats: list[gr.Chatbot] = []
    speeds: list[gr.HTML] = []
    box = gr.Textbox(
        label=text("playground_chat.question"),
        placeholder=text("playground_chat.placeholder"),
        submit_btn=text("playground_chat.send"),
        max_length=4000,
        elem_id="question",
        autofocus=False,
    )
    chips = _chips(text("playground_chat.samples"))
    with gr.Row(elem_id="arms", equal_height=True):
        for arm in _ARMS:
            with gr.Column(min_width=300, elem_classes=f"ft-arm ft-{arm.value}"):
                _heading(text(f"playground_chat.{arm.value}"))
                chats.append(_chatbot(arm))
                speeds.append(gr.HTML(elem_classes="ft-speed", padding=False))
    with gr.Row(elem_id="actions"):
        stop = gr.Button(text("playground_chat.stop"), size="sm", elem_id="stop")
        clear = gr.Button(text("playground_chat.clear"), size="sm", elem_id="clear")
    settings = _settings()
    streams = [
        event
        for trigger, source in ((box.submit, box), *((c.click, c) for c in chips))
        for event in _wire(handlers, trigger, [source, box, *chats, *speeds, *settings])
    ]
    stop.click(None, cancels=streams, queue=False, api_visibility="private")
    clear.click(
        lambda: ([], [], "", ""),
        outputs=[*chats, *speeds],
        cancels=streams,
        queue=False,
        api_visibility="private",
    )
    return chips


def _heading(words: str) -> gr.HTML:
    return gr.HTML(
        f"<h2>{escape(words)}</h2>", padding=False, elem_classes="ft-heading"
    )


def _chatbot(arm: Arm) -> gr.Chatbot:
    return gr.Chatbot(
        label=text(f"playground_chat.{arm.value}"),
        show_label=False,
        placeholder=text("playground_chat.empty"),
        height=_CHAT_HEIGHT_PX,
        buttons=["copy"],
        feedback_options=None,
        # Model output on our own origin: it must never script the page around it.
        sanitize_html=True,
        allow_tags=False,
        layout="bubble",
        elem_id=f"chat-{arm.value}",
    )


def _chips(label: str) -> list[gr.Button]:
    with gr.Row(elem_classes="ft-chips"):
        gr.HTML(f"<span>{escape(label)}</span>", padding=False)
        return [
            gr.Button(visible=False, size="sm", min_width=0, elem_classes="ft-chip")
            for _ in range(SUGGESTIONS)
        ]


def _settings() -> list[gr.Slider]:
    with (
        gr.Accordion(text("playground_chat.settings"), open=False, elem_id="settings"),
        gr.Row(),
    ):
        temperature = gr.Slider(
            0,
            1.5,
            DEFAULT_SAMPLING.temperature,
            step=0.1,
            label=text("playground_chat.temperature"),
            info=text("playground_chat.temperature_help"),
        )
        max_tokens = gr.Slider(
            16,
            512,
            DEFAULT_SAMPLING.max_tokens,
            step=16,
            label=text("playground_chat.max_tokens"),
            info=text("playground_chat.max_tokens_help"),
        )
    return [temperature, max_tokens]


def _wire(
    handlers: Handlers,
    trigger: Callable[..., gr.events.Dependency],
    parts: list[object],
) -> list[gr.events.Dependency]:
    """Connect one way of asking; both arms then answer at the same time."""
    source, box, base, tuned, base_speed, tuned_speed, *settings = parts
    asked = trigger(
        handlers.ask,
        inputs=[source, base, tuned],
        outputs=[box, base, tuned],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    return [
        asked.then(
            handlers.answer_of(arm),
            inputs=[chat, *settings],
            outputs=[chat, speed],
            show_progress="hidden",
            api_visibility="private",
        )
        for arm, chat, speed in (
            (Arm.BASE, base, base_speed),
            (Arm.TUNED, tuned, tuned_speed),
        )
    ]


def label_layout(handlers: Handlers) -> list[gr.Button]:
    """Draw a text and two verdicts on it; return the suggestions' buttons."""
    box = gr.Textbox(
        label=text("playground_labels.text"),
        placeholder=text("playground_labels.placeholder"),
        submit_btn=text("playground_labels.send"),
        lines=3,
        max_length=4000,
        elem_id="text",
    )
    samples = _chips(text("playground_chat.samples"))
    with gr.Row(elem_id="verdicts"):
        with gr.Column(min_width=260, elem_classes="ft-arm ft-base"):
            name = _heading(text("playground_labels.untrained"))
            baseline = gr.Label(show_label=False, show_heading=False)
        with gr.Column(min_width=260, elem_classes="ft-arm ft-tuned"):
            _heading(text("playground_labels.tuned"))
            tuned = gr.Label(show_label=False, show_heading=False)
    for trigger, source in ((box.submit, box), *((s.click, s) for s in samples)):
        if source is not box:
            trigger(
                lambda words: words,
                inputs=source,
                outputs=box,
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
        trigger(
            handlers.label,
            inputs=source,
            outputs=[tuned, baseline, name],
            show_progress="minimal",
            api_visibility="private",
        )
    return samples
