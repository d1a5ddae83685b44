"""The services that pages, Gradio handlers and the server share, built once."""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from ftcore.settings import Settings, load_settings
from ftcore.tokens import Signer, load_secret

if TYPE_CHECKING:  # it takes a second to import, which the first page need not wait for
    from ftcore.workshop import Workshop

API_MOUNT = "/v1"  # where OpenAI's clients look below any address
_lock = Lock()
_shared: "dict[str, Workshop]" = {}


def get_workshop() -> "Workshop":
    """Return the one workshop of this process, building it on first use.

    Not ``st.cache_resource``: Gradio handlers and the server's lifespan run
    outside Streamlit and need the very same object.
    """
    with _lock:
        if "workshop" not in _shared:
            from ftcore.workshop import Workshop  # noqa: PLC0415

            _shared["workshop"] = Workshop(get_settings())
        return _shared["workshop"]


def is_workshop_open() -> bool:
    """Whether :func:`get_workshop` would answer at once."""
    return "workshop" in _shared


def replace_workshop(workshop: "Workshop | None") -> None:
    """Serve another workshop from now on; ``None`` builds a fresh one when asked."""
    with _lock:
        _shared.clear()
        if workshop is not None:
            _shared["workshop"] = workshop


@cache
def get_settings() -> Settings:
    """Return the settings, read once from the environment."""
    return load_settings()


@cache
def get_signer() -> Signer:
    """Return the signer of cookies, links and playground tokens."""
    return Signer(load_secret(get_settings()))
