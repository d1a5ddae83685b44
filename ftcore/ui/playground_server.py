"""The Gradio playground: its layout, and how it is mounted under Streamlit.

Blocks made by hand: ``gr.ChatInterface`` always reads the browser's storage and
hangs in a frame of another site where that is blocked.
"""

from collections.abc import Callable
from html import escape

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp

from ftcore.chat.base import DEFAULT_SAMPLING, Arm
from ftcore.data.examples import Task
from ftcore.errors import FtcoreError
from ftcore.texts import text
from ftcore.tokens import Signer
from ftcore.ui import theme
from ftcore.ui.gradio_theme import gradio_theme
from ftcore.ui.language import translation_script
from ftcore.ui.playground import MOUNT
from ftcore.ui.playground_handlers import Handlers, refusal
from ftcore.workshop import Workshop
from ftcore.workshop.playground import SUGGESTIONS

_CONCURRENT = 8  # answers streamed at once per arm; the engine queues the rest
_WAITING = 64
_CHAT_HEIGHT_PX = 270
_ARMS = (Arm.BASE, Arm.TUNED)


def build_app(
    get_workshop: Callable[[], Workshop], signer: Signer
) -> tuple[FastAPI, ASGIApp]:
    """Return the parent, whose lifespan starts the queue, and the app to mount."""
    parent = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        parent,
        build_blocks(Handlers(get_workshop, signer)),
        path=MOUNT,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        show_error=False,
        enable_monitoring=False,
        theme=gradio_theme(),
        css=theme.gradio_css(),
        head=theme.gradio_head() + translation_script("gradio"),
    )
    mounted = next(r.app for r in parent.routes if isinstance(r, Mount))
    return parent, mounted


def build_blocks(handlers: Handlers) -> gr.Blocks:
    """Return the page: closed at first, opened by a valid token."""
    with gr.Blocks(
        title=text("playground_chat.title"), analytics_enabled=False, fill_width=True
    ) as blocks:
        notice = gr.HTML(visible=False, elem_id="refusal")
        with gr.Column(visible=False) as chat_area:
            chips = _chat(handlers)
        with gr.Column(visible=False) as label_area:
            samples = _labels(handlers)
        blocks.load(
            _opener(handlers),
            outputs=[notice, chat_area, label_area, *chips, *samples],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    blocks.queue(max_size=_WAITING, default_concurrency_limit=_CONCURRENT)
    return blocks


def _opener(handlers: Handlers) -> Callable[[gr.Request], list[object]]:
    # A closure: Gradio finds no request to hand over in the signature of a partial.
    def open_page(request: gr.Request) -> list[object]:
        return _open(handlers, request)

    return open_page


def _open(handlers: Handlers, request: gr.Request) -> list[object]:
    try:
        info = handlers.get_workshop().playground.info(handlers.claim(request))
    except FtcoreError as error:
        closed = [gr.update(visible=False) for _ in range(2 + 2 * SUGGESTIONS)]
        return [gr.update(value=_refusal_html(error), visible=True), *closed]
    is_chat = info.task is not Task.CLASSIFICATION
    questions = [*info.sample_questions, *[""] * SUGGESTIONS][:SUGGESTIONS]
    # Each its own update: Gradio empties the ones that it has used.
    chips = [gr.update(value=q, visible=bool(q)) for q in questions * 2]
    areas = [gr.update(visible=is_chat), gr.update(visible=not is_chat)]
    return [gr.update(visible=False), *areas, *chips]


def _refusal_html(error: FtcoreError) -> str:
    problem, fix = refusal(error)
    title = text("playground_refusal.title")
    return (
        f'<div class="ft-refusal" role="alert"><h2>{escape(title)}</h2>'
        f"<p>{escape(problem)}</p><p>{escape(fix)}</p></div>"
    )


def _chat(handlers: Handlers) -> list[gr.Button]:
    chats: list[gr.Chatbot] = []
    speeds: list[gr.HTML] = []
    with gr.Row(elem_id="arms", equal_height=True):
        for arm in _ARMS:
            with gr.Column(min_width=300, elem_classes=f"ft-arm ft-{arm.value}"):
                _heading(text(f"playground_chat.{arm.value}"))
                chats.append(_chatbot(arm))
                speeds.append(gr.HTML(elem_classes="ft-speed", padding=False))
    chips = _chips(text("playground_chat.samples"))
    box = gr.Textbox(
        label=text("playground_chat.question"),
        placeholder=text("playground_chat.placeholder"),
        submit_btn=text("playground_chat.send"),
        max_length=4000,
        elem_id="question",
        autofocus=False,
    )
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


def _heading(words: str) -> None:
    gr.HTML(f"<h2>{escape(words)}</h2>", padding=False, elem_classes="ft-heading")


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


def _labels(handlers: Handlers) -> list[gr.Button]:
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
            name = gr.HTML(padding=False, elem_classes="ft-heading")
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
