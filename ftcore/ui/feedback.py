"""Show an error the same way on every page."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ftcore.errors import FtcoreError
from ftcore.texts import error_texts, text

_log = logging.getLogger(__name__)


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Show an expected error (what is wrong, how to mend it) and stop the page.

    Bugs pass through: they end in :func:`show_unexpected_error`.
    """
    try:
        yield
    except FtcoreError as error:
        show_error(error)
        st.stop()


def show_error(error: FtcoreError) -> None:
    """Show what is wrong and, below it, what to do."""
    problem, fix = error_texts(error)
    st.error(f"**{problem}**  \n{fix}", icon=":material/error:")


def show_unexpected_error(error: BaseException) -> bool:
    """Show our own box for a bug, with a reference to find it in the log.

    Returns:
        ``True``, which tells Streamlit not to draw its own traceback.
    """
    reference = secrets.token_hex(3)
    _log.error("Unexpected error, reference %s", reference, exc_info=error)
    st.error(
        f"**{text('app.unexpected.problem')}**  \n"
        f"{text('app.unexpected.fix', reference=reference)}",
        icon=":material/error:",
    )
    return True
