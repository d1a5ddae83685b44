"""Stop llama.cpp within a computation, which it looks at itself between two steps."""

import ctypes
import sys
from functools import cache

_CALM, _RAISED = b"\0", b"\1"


class Interrupt:
    """A flag in memory that a context reads before each operation.

    llama.cpp asks a C function for it thousands of times in a batch, so that one of
    Python's own would have to wait for the interpreter each time. The length of a text
    is such a function: it is 0, which is false, as long as the text is empty.

    Attributes:
        function: Address of the C function; ``None`` where there is none to be had.
        place: Address of the flag, which the function is given.
    """

    def __init__(self) -> None:
        """Begin with the flag down."""
        self._flag = ctypes.create_string_buffer(2)
        self.function = _text_length()
        self.place = ctypes.addressof(self._flag)

    def raise_it(self) -> None:
        """Let what is computed now, and all that is begun later, break off."""
        self._flag[0] = _RAISED

    def lower(self) -> None:
        """Let computations run to their end again."""
        self._flag[0] = _CALM


@cache
def _text_length() -> int | None:
    try:
        library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        return ctypes.cast(library.strlen, ctypes.c_void_p).value
    except (OSError, AttributeError):
        return None
