"""The one default place for time and identity; every caller may pass its own."""

import ctypes
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
IdMaker = Callable[[], str]

DEFAULT_SEED = 42


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh 96-bit identifier, safe in a path and in a URL."""
    return secrets.token_hex(12)


def return_memory() -> None:
    """Give freed memory back to the system, where the C library has to be asked.

    glibc keeps it for the thread that freed it.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
