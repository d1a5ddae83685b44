"""The one default place for time and identity; every caller may pass its own."""

import ctypes
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

Clock = Callable[[], datetime]
IdMaker = Callable[[], str]

DEFAULT_SEED = 42

# How threads of one computation wait for each other, told to the environment before
# torch or llama.cpp load. For ever, a thread that waits takes the core of the one it
# waits for; not at all, each of the thousand meetings of a training step costs the way
# to sleep and back. So for about a millisecond (GNU's library, in turns of its loop),
# then asleep. Measured: docs/decisions/shape.md.
THREAD_WAITING: Mapping[str, str] = MappingProxyType(
    {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "20000"}
)


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh 96-bit identifier, safe in a path and in a URL."""
    return secrets.token_hex(12)


def choose_thread_waiting() -> None:
    """Tell the environment :data:`THREAD_WAITING`, where it says nothing itself."""
    for name, value in THREAD_WAITING.items():
        os.environ.setdefault(name, value)


def return_memory() -> None:
    """Give freed memory back to the system, where the C library has to be asked.

    glibc keeps it for the thread that freed it.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
