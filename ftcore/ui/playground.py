"""Embed the Gradio playground in a page. Kept free of Gradio, so pages load fast."""

from urllib.parse import urlencode

import streamlit as st

from ftcore.data.examples import Task
from ftcore.texts import text
from ftcore.ui.session import current_mode

# Not '/playground': that address is the Streamlit page's own.
MOUNT = "/chat"
_HEIGHT_PX = {Task.CHAT: 760, Task.COMPLETION: 760, Task.CLASSIFICATION: 640}


def show_playground(token: str, kind: Task, height: int | None = None) -> None:
    """Show the playground that ``token`` opens.

    The browser resolves the address, so it is built from the page's own; this also
    holds behind a proxy that adds a prefix.

    Args:
        token: From ``Session.playground_token``; a fresh one would lose the chat.
        kind: What the model does: a chat, or labels.
        height: Height of the frame in pixels; a fitting one unless given.
    """
    query = urlencode(
        {"token": token, "tarea": kind.value, "__theme": current_mode(), "__lang": "es"}
    )
    st.iframe(
        f"{_base_address()}{MOUNT}/?{query}",
        height=height or _HEIGHT_PX[kind],
        alt=text("playground_frame.alt"),
    )


def _base_address() -> str:
    address = st.context.url  # None in AppTest
    return address.rsplit("/", 1)[0] if address else ""
