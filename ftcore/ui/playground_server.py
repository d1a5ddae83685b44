"""The Gradio playground: its layout, and how it is mounted under Streamlit.

Blocks made by hand: ``gr.ChatInterface`` always reads the browser's storage and
hangs in a frame of another site where that is blocked.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp

from ftcore.errors import FtcoreError
from ftcore.texts import text
from ftcore.tokens import Signer
from ftcore.ui import theme
from ftcore.ui.gradio_theme import gradio_theme
from ftcore.ui.language import translation_script
from ftcore.ui.playground import MOUNT
from ftcore.ui.playground_answering import Answering
from ftcore.ui.playground_cases import CaseDesk
from ftcore.ui.playground_chat import Chat
from ftcore.ui.playground_handlers import Handlers, refusal
from ftcore.ui.playground_labels import LabelDesk, label_layout
from ftcore.ui.playground_layout import chat_layout
from ftcore.ui.playground_opening import Opening
from ftcore.workshop import Workshop

_CONCURRENT = 8  # answers streamed at once per arm; the engine queues the rest
_WAITING = 64


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
        head=theme.gradio_head() + translation_script("gradio") + _frame_script(),
    )
    mounted = next(r.app for r in parent.routes if isinstance(r, Mount))
    return parent, mounted


def _frame_script() -> str:
    source = Path(__file__).with_name("frame_height.js").read_text(encoding="utf-8")
    return f"<script>{source}</script>"


def build_blocks(handlers: Handlers) -> gr.Blocks:
    """Return the page: closed at first, opened by a valid token."""
    desk, labels = CaseDesk(handlers), LabelDesk(handlers)
    chat = Chat(handlers, Answering(handlers))
    with gr.Blocks(
        title=text("playground_chat.title"), analytics_enabled=False, fill_width=True
    ) as blocks:
        notice = gr.HTML(visible=False, elem_id="refusal")
        with gr.Column(visible=False) as chat_area:
            chat_parts = chat_layout(chat, desk)
        with gr.Column(visible=False) as label_area:
            label_parts = label_layout(labels, desk)
        blocks.load(
            _opener(
                Opening(chat, labels, desk), len(chat_parts.opened + label_parts.opened)
            ),
            outputs=[
                notice,
                chat_area,
                label_area,
                *chat_parts.opened,
                *label_parts.opened,
            ],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    blocks.queue(max_size=_WAITING, default_concurrency_limit=_CONCURRENT)
    return blocks


def _opener(opening: Opening, parts: int) -> Callable[[gr.Request], list[object]]:
    # A closure: Gradio finds no request to hand over in the signature of a partial.
    def open_page(request: gr.Request) -> list[object]:
        try:
            return [gr.update(visible=False), *opening.page(request)]
        except FtcoreError as error:
            closed = [gr.update(visible=False) for _ in range(2)]
            kept = [gr.skip() for _ in range(parts)]
            notice = gr.update(value=_refusal_html(error), visible=True)
            return [notice, *closed, *kept]

    return open_page


def _refusal_html(error: FtcoreError) -> str:
    problem, fix = refusal(error)
    title = text("playground_refusal.title")
    return (
        f'<div class="ft-refusal" role="alert"><h2>{escape(title)}</h2>'
        f"<p>{escape(problem)}</p><p>{escape(fix)}</p></div>"
    )
