"""The bar of a long reading: what share is done, and how long is left."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import streamlit as st

from ftcore.texts import percent, text
from ftcore.ui.wording import roughly

_BETWEEN_SECONDS = 0.2  # each step costs a message to the browser
_KNOWN_SECONDS = 1.0  # earlier than that, the pace says nothing of the rest


class ReadingBar:
    """A progress bar to hand to a verb as its ``progress`` callback.

    Used as a context manager, it goes away at the end.

    Args:
        label: What is going on, in Spanish.
        clock: Seconds from any fixed moment.
    """

    def __init__(self, label: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._label = label
        self._clock = clock
        self._started = self._told = clock()
        self._bar = st.progress(0.0, text=label)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.empty()

    def __call__(self, share: float) -> None:
        """Show how far it is.

        Args:
            share: From 0 to 1.
        """
        now = self._clock()
        if now - self._told < _BETWEEN_SECONDS and share < 1:
            return
        self._told = now
        share = min(max(share, 0.0), 1.0)
        words = reading_words(self._label, share, now - self._started)
        self._bar.progress(share, text=words)


def reading_words(label: str, share: float, passed: float) -> str:
    """Return what the bar says: label, share and, once it is known, time left.

    Args:
        label: What is going on.
        share: From 0 to 1.
        passed: Seconds since it began.
    """
    if share <= 0 or passed < _KNOWN_SECONDS:
        return text("data_entry.reading", label=label, share=percent(share))
    left = roughly(passed * (1 - share) / share)
    return text("data_entry.reading_left", label=label, share=percent(share), left=left)
