"""Give freed memory back to the system."""

import ctypes
import sys


def return_memory() -> None:
    """Ask the C library for it, where it has to be asked.

    glibc keeps it for the thread that freed it: thirty restarts kept 800 MB.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
